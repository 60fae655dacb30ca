import { expect, test } from 'vitest';

import { isSelected, isSelectedByAny, type Subject, type SubjectSelector } from './subject.ts';

const ann: Subject = {
  kind: 'user',
  id: 'ann',
  claims: { aud: 'web', groups: ['a', 'b'], age: 7, none: [] },
};

test.each<readonly [SubjectSelector, boolean]>([
  [{ kind: 'user' }, true],
  [{ kind: 'anonymous' }, false],
  [{ kind: 'user', id: 'ann' }, true],
  [{ kind: 'user', id: 'bob' }, false],
  [{ kind: 'user', id: 'ann', claims: { aud: 'cli' } }, false],
  [{ kind: 'user', claims: {} }, true],
  [{ kind: 'user', claims: { aud: 'web' } }, true],
  [{ kind: 'user', claims: { aud: 'we' } }, false],
  [{ kind: 'user', claims: { aud: ['cli', 'web'] } }, true],
  [{ kind: 'user', claims: { aud: ['cli'] } }, false],
  [{ kind: 'user', claims: { aud: [] } }, false],
  [{ kind: 'user', claims: { groups: 'b' } }, true],
  [{ kind: 'user', claims: { groups: ['x', 'a'] } }, true],
  [{ kind: 'user', claims: { groups: 'c' } }, false],
  [{ kind: 'user', claims: { groups: ['c'] } }, false],
  [{ kind: 'user', claims: { none: 'a' } }, false],
  [{ kind: 'user', claims: { age: '7' } }, false],
  [{ kind: 'user', claims: { missing: 'undefined' } }, false],
  [{ kind: 'user', claims: { missing: [] } }, false],
  [{ kind: 'user', claims: { toString: 'x' } }, false],
  [{ kind: 'user', claims: { aud: 'web', groups: 'c' } }, false],
  [{ kind: 'user', claims: { aud: 'web', groups: 'a' } }, true],
])('%j selects her: %s', (selector, expected) => {
  expect(isSelected(ann, selector)).toBe(expected);
});

test('one selector of several is enough, and none selects nobody', () => {
  expect(isSelectedByAny(ann, [{ kind: 'anonymous' }, { kind: 'user' }])).toBe(true);
  expect(isSelectedByAny(ann, [{ kind: 'anonymous' }, { kind: 'serviceAccount' }])).toBe(false);
  expect(isSelectedByAny(ann, [])).toBe(false);
});
