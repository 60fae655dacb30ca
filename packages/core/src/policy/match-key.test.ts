/** The linear matcher beside one that tries everything. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { propertyRuns } from '../../test/properties/property-runs.ts';
import { ValetkeyError } from '../errors.ts';
import { compileKeyPattern, type KeyPattern } from './key-pattern.ts';
import { isExcepted, matchesKey } from './match-key.ts';
import type { Subject } from './subject.ts';

const runs = propertyRuns(5000);
const uuid = '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f';
const subjects: readonly Subject[] = [
  { kind: 'user', id: 'ann', claims: { tenant: 'a-' } },
  { kind: 'user', id: 'a/b', claims: {} },
  { kind: 'user', id: '..', claims: { tenant: ['a'] } },
  { kind: 'serviceAccount', id: 'a', claims: {}, namespace: 'b', share: 'a' },
];

const piece = fc.constantFrom(
  'a',
  'b-',
  '.',
  '{sub}',
  '{claims.tenant}',
  '{namespace}',
  '{share}',
  '{uuid}',
  '{date}',
  '{any}',
  '{name}',
  '{ext}',
);
const pattern = fc
  .tuple(
    fc.array(
      fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
      { minLength: 1, maxLength: 3 },
    ),
    fc.boolean(),
  )
  .map(([segments, rest]) => [...segments, ...(rest ? ['{rest}'] : [])].join('/'))
  .map((text) => ({ text, compiled: compiled(text) }))
  .filter((made): made is { text: string; compiled: KeyPattern } => made.compiled !== undefined);
const texts = [
  'a',
  'b-',
  'ann',
  'a-',
  'b',
  '.',
  '..',
  '/',
  '//',
  uuid,
  '2026-11-24',
  '2026-13-24',
  'é',
  '.png',
  ' ',
  'x',
];
const values: Readonly<Record<string, readonly string[]>> = {
  '{sub}': ['ann', 'a', 'a/b', '..'],
  '{claims.tenant}': ['a-', 'a'],
  '{namespace}': ['b'],
  '{share}': ['a'],
  '{uuid}': [uuid],
  '{date}': ['2026-11-24', '2026-13-24'],
  '{any}': ['x', '', '.', '..', 'a b'],
  '{name}': ['x', '.', 'é', 'a b'],
  '{ext}': ['', '.png', '.PNG'],
  '{rest}': ['x', 'x/y', '', '/', '/x', 'x/'],
};

/** Keys near the pattern: its own text with a value, right or wrong, for each variable, and a little noise. */
const keyNear = (text: string) =>
  fc
    .tuple(
      ...text.split(/(\{[^}]*\})/).map((part) => fc.constantFrom(...(values[part] ?? [part]))),
      fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom(...texts)),
    )
    .map((parts) => parts.join(''));

test('a key matches exactly when some way to cut it gives every variable a value', () => {
  let matched = 0;
  fc.assert(
    fc.property(
      pattern.chain((made) => fc.record({ made: fc.constant(made), key: keyNear(made.text) })),
      fc.constantFrom(...subjects),
      ({ made, key }, subject) => {
        const expected = canBeCut(made.text.match(/\{[^}]*\}|[^]/gu) ?? [], key, subject);
        if (expected) matched += 1;
        expect(matchesKey(made.compiled, key, subject)).toBe(expected);
      },
    ),
    { numRuns: runs },
  );
  expect(matched).toBeGreaterThan(runs / 50);
});

test('no number of slashes brings a key out of an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('/', '//', '///'), { minLength: 3, maxLength: 3 }), ([a, b, c]) => {
      const policy = { exceptKeys: [compileKeyPattern('home/{sub}/private/{rest}', 'k')] };
      const key = `${a === '/' ? '' : a}home${b}ann${c}private${a}x`;
      expect(isExcepted(policy, key, { kind: 'user', id: 'ann', claims: {} })).toBe(true);
    }),
  );
});

function canBeCut(tokens: readonly string[], text: string, subject: Subject): boolean {
  const [token, ...others] = tokens;
  if (token === undefined) return text === '';
  for (let length = 0; length <= text.length; length += 1) {
    if (isValue(token, text.slice(0, length), subject) && canBeCut(others, text.slice(length), subject))
      return true;
  }
  return false;
}

function isValue(token: string, text: string, subject: Subject): boolean {
  if (token.length < 3) return text === token;
  if (token === '{rest}') return text.replaceAll('/', '') !== '';
  if (text.includes('/')) return false;
  switch (token) {
    case '{uuid}':
      return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
    case '{date}':
      return text === '2026-11-24';
    case '{any}':
      return !['', '.', '..'].includes(text);
    case '{name}':
      return /^[\p{L}\p{M}\p{N}._-]{1,100}$/u.test(text) && text !== '.' && text !== '..';
    case '{ext}':
      return text === '' || /^\.[a-z0-9]{1,10}$/.test(text);
    default:
      return text === knownOf(token, subject) && /^[\w.@|:=+-]{1,128}$/.test(text) && !/^\.{1,2}$/.test(text);
  }
}

function knownOf(token: string, subject: Subject): unknown {
  if (token === '{sub}') return subject.id;
  if (token === '{claims.tenant}') return subject.claims['tenant'];
  if (subject.kind !== 'serviceAccount') return undefined;
  return token === '{share}' ? subject.share : subject.namespace;
}

function compiled(text: string): KeyPattern | undefined {
  try {
    return compileKeyPattern(text, 'keys');
  } catch (error) {
    if (error instanceof ValetkeyError) return undefined;
    throw error;
  }
}
