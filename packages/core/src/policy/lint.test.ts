import { expect, test } from 'vitest';

import { lintPolicies } from './lint.ts';
import { compilePolicy, type PolicyInput } from './policy.ts';

const good: PolicyInput['rule'] = {
  actions: ['upload', 'download'],
  keys: ['avatars/{sub}/{uuid}{ext}'],
  lifetime: { max: '1h' },
  upload: { maxSize: '5Mi', contentTypes: ['image/png'] },
};
const aPolicy = (rule: Partial<PolicyInput['rule']> = {}, more: Partial<PolicyInput> = {}) =>
  compilePolicy(
    {
      name: 'avatars',
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: ['user-media'],
      rule: { ...good, ...rule },
      ...more,
    },
    'policy',
  );
const codes = (...policies: readonly ReturnType<typeof aPolicy>[]) =>
  lintPolicies(policies).map(({ code }) => code);

test('a policy with bounds has no warning', () => {
  expect(codes(aPolicy())).toEqual([]);
});

test.each([
  ['covers-whole-bucket', { actions: ['download'], keys: ['{rest}'] }],
  ['upload-without-max-size', { upload: { contentTypes: ['image/png'] } }],
  ['upload-without-content-types', { upload: { maxSize: '5Mi' } }],
  ['overwrite-by-anyone', { keys: ['shared/{name}'] }],
  ['long-lifetime', { lifetime: { max: '13h' } }],
] as const)('%s is told, with what to do', (code, rule) => {
  const [warning, ...others] = lintPolicies([aPolicy(rule as Partial<PolicyInput['rule']>)]);
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    policy: 'avatars',
    code,
    message: expect.any(String),
    fix: expect.any(String),
  });
});

test('a key that is a name is fine where nothing may be replaced', () => {
  expect(codes(aPolicy({ keys: ['shared/{name}'], upload: { ...good.upload, overwrite: false } }))).toEqual(
    [],
  );
});

test('anonymous uploads are told', () => {
  const rateLimit = { requests: { count: 30, windowSeconds: 60 } };
  expect(codes(aPolicy({}, { subjects: [{ kind: 'anonymous' }], rateLimit }))).toEqual(['anonymous-upload']);
});

test.each([
  ['a size over what the rate limit ever lets through', 5 * 1024 ** 2 - 1, ['size-over-rate-limit']],
  ['a size that just fits', 5 * 1024 ** 2, []],
])('%s is told', (_title, count, warnings) => {
  const rateLimit = { bytes: { count, windowSeconds: 3600 } };
  expect(codes(aPolicy({}, { rateLimit }))).toEqual(warnings);
  expect(codes(aPolicy({ actions: ['download'] }, { rateLimit }))).toEqual([]);
});

test('a policy that an earlier one makes useless is told, and one that adds something is not', () => {
  expect(codes(aPolicy(), aPolicy({ actions: ['download'] }, { name: 'second' }))).toEqual(['shadowed']);
  expect(codes(aPolicy(), aPolicy({ lifetime: { max: '2h' } }, { name: 'second' }))).toEqual([]);
  expect(codes(aPolicy(), aPolicy({ keys: ['other/{sub}/{uuid}'] }, { name: 'second' }))).toEqual([]);
});

test('no policies at all are told', () => {
  expect(codes()).toEqual(['no-policies']);
});
