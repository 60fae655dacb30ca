import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { generateKey } from './generate-key.ts';
import { compileKeyPattern } from './key-pattern.ts';
import { matchesKey } from './match-key.ts';
import type { Subject } from './subject.ts';

const ann: Subject = { kind: 'user', id: 'ann', claims: { tenant: '1', odd: 'a/b', list: ['x'] } };
const pod: Subject = {
  kind: 'serviceAccount',
  id: 'team/share',
  claims: {},
  namespace: 'team',
  share: 'weights',
};
const uuid = '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f';
const matches = (pattern: string, key: string, subject: Subject = ann) =>
  matchesKey(compileKeyPattern(pattern, 'keys[0]'), key, subject);

describe('a key pattern matches', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/b', 'a', false],
    ['tenants/1/{rest}', 'tenants/1/x', true],
    ['tenants/1/{rest}', 'tenants/10/x', false],
    ['tenants/1/{rest}', 'tenants/1', false],
    ['tenants/1/{rest}', 'tenants/1/', false],
    ['tenants/{claims.tenant}/{rest}', 'tenants/1/a/b', true],
    ['tenants/{claims.tenant}/{rest}', 'tenants/10/a', false],
    ['avatars/{sub}/{uuid}{ext}', `avatars/ann/${uuid}.png`, true],
    ['avatars/{sub}/{uuid}{ext}', `avatars/ann/${uuid}`, true],
    ['avatars/{sub}/{uuid}{ext}', `avatars/bob/${uuid}.png`, false],
    ['avatars/{sub}/{uuid}{ext}', `avatars/ann/${uuid}.PNG`, false],
    ['{date}/{name}', '2026-11-23/report 1.pdf', false],
    ['{date}/{name}', '2026-11-23/report-1.pdf', true],
    ['{date}/x', '2026-13-23/x', false],
    ['x-{any}-y', 'x-1-2-y', true],
    ['x-{any}-y', 'x--y', false],
    ['{any}', '..', false],
    ['{claims.missing}/x', '/x', false],
    ['{claims.missing}{any}', 'undefined', false],
    ['x-{any}-{claims.missing}', 'x-1-undefined', false],
    ['{claims.odd}', 'a/b', false],
    ['{claims.list}', 'x', false],
    ['{claims.toString}', 'x', false],
  ])('%s against %s: %s', (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected);
  });

  test('namespace and Share of a service account, and nobody else’s', () => {
    expect(matches('{namespace}/{share}/x', 'team/weights/x', pod)).toBe(true);
    expect(matches('{namespace}/{share}/x', 'other/weights/x', pod)).toBe(false);
    expect(matches('{namespace}/x', 'team/x', ann)).toBe(false);
  });

  test.each(['.', '..', '', 'a/b', 'x'.repeat(129), 'ä'])(
    'nothing for a subject called %j, whose name may not stand in a key',
    (id) => {
      const subject: Subject = { kind: 'user', id, claims: { team: id } };
      for (const pattern of ['{sub}', '{claims.team}']) {
        expect(matches(`${pattern}/x`, `${id}/x`, subject)).toBe(false);
        expect(matches(`a-${pattern}/x`, `a-${id}/x`, subject)).toBe(false);
        expect(generateKey(compileKeyPattern(`a-${pattern}/x`, 'k'), sources(subject))).toBeUndefined();
      }
    },
  );

  test('one hash for a subject whose name could not stand in a key', () => {
    const url: Subject = { kind: 'user', id: 'https://id.example.com/7', claims: {} };
    expect(matches('{sub}/x', 'https://id.example.com/7/x', url)).toBe(false);
    expect(matches('{subHash}/x', '6c7c80d2a2d0d0b0b0b0b0b0b0b0b0b0/x', url)).toBe(false);
    expect(generateKey(compileKeyPattern('{subHash}/x', 'k'), sources(url))).toMatch(/^[0-9a-f]{32}\/x$/);
  });
});

test('a variable counts as one character of a segment, whose literals may fill it otherwise', () => {
  expect(matches(`${'x'.repeat(254)}{any}`, `${'x'.repeat(254)}y`)).toBe(true);
  expect(() => compileKeyPattern(`${'x'.repeat(255)}{any}`, 'keys[0]')).toThrow(
    expect.objectContaining({ code: 'invalid-policy' }),
  );
});

describe('a pattern is refused', () => {
  test.each([
    ['', 'at least one segment'],
    ['a//b', 'no empty segment'],
    ['/a', 'no empty segment'],
    ['a/', 'no empty segment'],
    ['{rest}/a', '{rest} alone in the last segment'],
    ['a{rest}', '{rest} alone in the last segment'],
    ['{name}{ext}', 'at most one of'],
    ['{any}{any}', 'at most one of'],
    ['{unknown}', 'variables of'],
    ['{', 'braces only'],
    ['a/../b', '".." segment'],
    ['a\\b', 'backslash'],
  ])('%j: %s', (pattern, expected) => {
    expect(() => compileKeyPattern(pattern, 'policies[2].keys[0]')).toThrow(
      expect.objectContaining({
        code: 'invalid-policy',
        field: 'policies[2].keys[0]',
        expected: expect.stringContaining(expected),
      }),
    );
  });
});

describe('properties', () => {
  const part = fc.constantFrom(
    '{sub}',
    '{uuid}',
    '{date}',
    '{name}',
    '{ext}',
    'lit',
    'a-',
    '.x',
    '{claims.tenant}',
  );
  const pattern = fc
    .array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
    .map((segments) => segments.map((parts) => parts.join('')).join('/'))
    .filter(compiles);

  test('what a pattern generates, it matches', () => {
    let generated = 0;
    fc.assert(
      fc.property(pattern, fc.string({ unit: 'grapheme', maxLength: 40 }), (text, fileName) => {
        const compiled = compileKeyPattern(text, 'keys');
        const key = generateKey(compiled, { ...sources(ann), fileName: `a${fileName}.png` });
        if (key === undefined) return;
        generated += 1;
        expect(matchesKey(compiled, key, ann)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(generated).toBeGreaterThan(500);
  });

  test('a subject’s own value never reaches out of its segment', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.string({ unit: 'binary', maxLength: 30 }),
        (id, key) => {
          const subject: Subject = { kind: 'user', id, claims: {} };
          if (matches('home/{sub}/x', key, subject)) expect(key).toBe(`home/${id}/x`);
          if (id.includes('/')) expect(matches('home/{sub}/x', `home/${id}/x`, subject)).toBe(false);
        },
      ),
    );
  });
});

function sources(subject: Subject) {
  return {
    subject,
    fileName: 'photo.png',
    contentType: 'image/png',
    newUuid: () => uuid,
    today: '2026-11-23',
  };
}

function compiles(text: string): boolean {
  try {
    compileKeyPattern(text, 'keys');
    return true;
  } catch {
    return false;
  }
}
