import { expect, test } from 'vitest';
import { evaluateList } from './list-scope.ts';
import { compilePolicy } from './policy.ts';
import type { Action } from './rule.ts';
import type { Subject } from './subject.ts';

const ann: Subject = { kind: 'user', id: 'ann', claims: {} };

function scope(
  keys: readonly string[],
  asked?: string,
  {
    subject = ann,
    actions = ['list'],
    exceptKeys = [],
  }: { subject?: Subject; actions?: readonly Action[]; exceptKeys?: readonly string[] } = {},
) {
  const policy = compilePolicy(
    {
      name: 'files',
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: ['user-media'],
      rule: { actions: [...actions], keys: [...keys], exceptKeys: [...exceptKeys], lifetime: { max: '1h' } },
    },
    'policy',
  );
  return evaluateList(policy, subject, asked);
}

test.each([
  ['avatars/{sub}/{uuid}{ext}', 'avatars/ann/'],
  ['uploads/img-{uuid}', 'uploads/img-'],
  ['models/{rest}', 'models/'],
  ['{rest}', ''],
  ['readme.txt', 'readme.txt'],
])('the prefix of %s is %s: literals and bound variables only', (pattern, prefix) => {
  expect(scope([pattern])).toMatchObject({ allowed: true, prefix });
});

test('patterns with several prefixes have several places where a listing may begin, each once and outermost', () => {
  expect(scope(['vision/{rest}', 'speech/{rest}', 'vision/v3/{any}', 'speech/{any}'])).toEqual({
    allowed: true,
    kind: 'roots',
    prefixes: ['vision/', 'speech/'],
  });
  expect(scope(['vision/{rest}', 'speech/{rest}'], 'speech/v1/')).toMatchObject({ prefix: 'speech/v1/' });
});

test.each([
  ['avatars/ann/2026/', true],
  ['avatars/', false],
  ['', false],
  ['avatars/bob/', false],
  ['avatars/ann/../bob/', false],
  ['avatars/ann/./', false],
])('asking for %s under avatars/{sub}/{rest} is allowed: %s', (asked, allowed) => {
  expect(scope(['avatars/{sub}/{rest}'], asked).allowed).toBe(allowed);
});

test('one subject never sees the keys or folders of another whose name begins alike', () => {
  const listed = scope(['a/{sub}']);
  if (!listed.allowed || listed.kind === 'roots') throw new Error('expected a listing');
  expect([listed.covers('a/ann'), listed.covers('a/anna'), listed.coversFolder('a/anna/')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a folder is shown when a covered key could lie in it', () => {
  const listed = scope(['docs/{date}/{any}']);
  if (!listed.allowed || listed.kind === 'roots') throw new Error('expected a listing');
  expect(
    ['docs/2026-11-24/', 'docs/other/', 'docs/2026-11-24/deep/'].map((folder) => listed.coversFolder(folder)),
  ).toEqual([true, false, false]);
});

test('excepted keys are not shown, doubled slashes or not', () => {
  const listed = scope(['docs/{rest}'], undefined, { exceptKeys: ['docs/secret/{rest}'] });
  if (!listed.allowed || listed.kind === 'roots') throw new Error('expected a listing');
  expect(['docs/a', 'docs/secret/a', 'docs//secret/a'].map((key) => listed.covers(key))).toEqual([
    true,
    false,
    false,
  ]);
});

test.each([
  [
    'a subject that the policy does not select',
    { subject: { kind: 'anonymous', id: 'x', claims: {} } },
    'subject-not-allowed',
  ],
  ['a policy without the action', { actions: ['download'] }, 'method-not-allowed'],
  [
    'a subject whose name cannot stand in a key',
    { subject: { kind: 'user', id: 'a/b', claims: {} } },
    'key-not-allowed',
  ],
] as const)('%s lists nothing', (_title, options, code) => {
  expect(scope(['avatars/{sub}/{any}'], undefined, options)).toMatchObject({
    allowed: false,
    denial: { code },
  });
});
