import { expect, test } from 'vitest';

import { ValetkeyError } from './errors.ts';

test('an error told about another field keeps all else, and the first as its cause', () => {
  const first = new ValetkeyError('invalid-configuration', {
    field: 'region',
    expected: 'one',
    got: '"x/y"',
    hint: 'Mend it.',
  });
  const named = first.withField('--region');
  expect(named).toMatchObject({
    code: first.code,
    field: '--region',
    expected: 'one',
    got: '"x/y"',
    hint: 'Mend it.',
  });
  expect(named.cause).toBe(first);
  expect(named.message).toContain('--region: expected one, got "x/y". Mend it.');
});
