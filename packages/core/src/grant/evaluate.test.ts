import { describe, expect, test } from 'vitest';

import type { AccessRequest } from '../policy/access-request.ts';
import { createPolicySet } from '../policy/policy-set.ts';
import { compilePolicy, type PolicyInput } from '../policy/policy.ts';
import { evaluate } from './evaluate.ts';

const nowMs = Date.parse('2026-11-23T20:56:48Z');
const uuid = '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f';
const context = { nowMs, newUuid: () => uuid };

const aPolicy = (change: Partial<PolicyInput> = {}, rule: Partial<PolicyInput['rule']> = {}) =>
  compilePolicy(
    {
      name: 'avatars',
      subjects: [{ kind: 'user', claims: { aud: 'web' } }],
      stores: ['media'],
      buckets: ['user-media'],
      rule: {
        actions: ['download', 'upload'],
        keys: ['avatars/{sub}/{any}'],
        lifetime: { default: '5m', max: '15m' },
        ...rule,
      },
      ...change,
    },
    'policies[0]',
  );
const aRequest = (change: Partial<AccessRequest> = {}): AccessRequest => ({
  subject: { kind: 'user', id: 'ann', claims: { aud: 'web' } },
  store: 'media',
  bucket: 'user-media',
  method: 'GET',
  key: 'avatars/ann/me.png',
  ...change,
});
const decide = (change: Partial<AccessRequest>, ...policies: ReturnType<typeof aPolicy>[]) =>
  evaluate(createPolicySet(policies.length === 0 ? [aPolicy()] : policies), aRequest(change), context);

describe('an allowed request', () => {
  test('gets a grant with every term fixed', () => {
    expect(decide({})).toEqual({
      allowed: true,
      grant: {
        method: 'GET',
        bucket: 'user-media',
        key: 'avatars/ann/me.png',
        versionId: undefined,
        lifetimeSeconds: 300,
        lifetimeFrom: 'policy',
        notAfterMs: undefined,
        headers: {},
        query: {},
        policy: 'avatars',
      },
    });
  });

  test('keeps the lifetime that was asked for', () => {
    expect(decide({ lifetimeSeconds: 900 })).toMatchObject({
      grant: { lifetimeSeconds: 900, lifetimeFrom: 'asked' },
    });
  });

  test('of an upload signs what it promises', () => {
    const upload = { contentType: 'image/png', contentLength: 7, metadata: { caption: 'Haus – 家' } };
    expect(
      decide({ method: 'PUT', upload }, aPolicy({}, { upload: { metadata: ['caption'] } })),
    ).toMatchObject({
      grant: {
        headers: {
          'content-type': 'image/png',
          'content-length': '7',
          'x-amz-meta-caption': '=?UTF-8?B?SGF1cyDigJMg5a62?=',
        },
      },
    });
  });

  test('of an upload without a key gets one made by the policy', () => {
    const policy = aPolicy({}, { keys: ['avatars/{sub}/{uuid}{ext}'] });
    const request = {
      method: 'PUT',
      key: undefined,
      fileName: 'a.png',
      upload: { contentType: 'image/png' },
    } as const;
    expect(decide(request, policy)).toMatchObject({ grant: { key: `avatars/ann/${uuid}.png` } });
  });

  test('may not replace what is there when the policy says so', () => {
    const policy = aPolicy({}, { upload: { overwrite: false } });
    expect(decide({ method: 'PUT' }, policy)).toMatchObject({ grant: { headers: { 'if-none-match': '*' } } });
  });

  test('is decided by the first policy that allows it', () => {
    const policies = [
      aPolicy({ name: 'one' }, { keys: ['other/{any}'] }),
      aPolicy({ name: 'two' }),
      aPolicy({ name: 'three' }),
    ];
    expect(decide({}, ...policies)).toMatchObject({ grant: { policy: 'two' } });
  });
});

describe('a denied request', () => {
  test.each<[string, Partial<AccessRequest>, Partial<PolicyInput['rule']>, string, string]>([
    [
      'a subject without the claim',
      { subject: { kind: 'user', id: 'ann', claims: {} } },
      {},
      'subject-not-allowed',
      'subject',
    ],
    [
      'a subject of another kind',
      { subject: { kind: 'anonymous', id: '', claims: { aud: 'web' } } },
      {},
      'subject-not-allowed',
      'subject',
    ],
    ['another store', { store: 'other' }, {}, 'no-policy-matched', 'store'],
    ['a method outside the actions', { method: 'DELETE' }, {}, 'method-not-allowed', 'method'],
    ['somebody else’s key', { key: 'avatars/bob/me.png' }, {}, 'key-not-allowed', 'key'],
    ['an excepted key', {}, { exceptKeys: ['avatars/ann/me.png'] }, 'key-not-allowed', 'key'],
    [
      'an excepted key written with more slashes',
      { key: 'avatars/ann//secret/x' },
      { keySyntax: 'raw', keys: ['avatars/{rest}'], exceptKeys: ['avatars/ann/secret/{rest}'] },
      'key-not-allowed',
      'key',
    ],
    ['a key that is none', { key: 'avatars/../x' }, {}, 'invalid-key', 'key'],
    ['a lifetime over the maximum', { lifetimeSeconds: 901 }, {}, 'lifetime-too-long', 'lifetime'],
    [
      'a download without a version',
      {},
      { download: { requireVersionId: true } },
      'version-required',
      'versionId',
    ],
    [
      'an upload without its size',
      { method: 'PUT' },
      { upload: { maxSize: '5Mi' } },
      'size-not-bounded',
      'contentLength',
    ],
    [
      'an upload too large',
      { method: 'PUT', upload: { contentLength: 5_242_881 } },
      { upload: { maxSize: '5Mi' } },
      'file-too-large',
      'contentLength',
    ],
    [
      'an upload too small',
      { method: 'PUT', upload: { contentLength: 0 } },
      { upload: { minSize: 1 } },
      'file-too-small',
      'contentLength',
    ],
    [
      'an upload of another type',
      { method: 'PUT', upload: { contentType: 'text/html' } },
      { upload: { contentTypes: ['image/png'] } },
      'type-not-allowed',
      'contentType',
    ],
    [
      'an upload without a checksum',
      { method: 'PUT' },
      { upload: { checksum: 'required' } },
      'checksum-required',
      'checksum',
    ],
    [
      'metadata that is not listed',
      { method: 'PUT', upload: { metadata: { a: 'b' } } },
      {},
      'invalid-metadata',
      'metadata',
    ],
    [
      'another disposition',
      { response: { contentDisposition: 'inline' } },
      { download: { disposition: 'attachment' } },
      'type-not-allowed',
      'response.contentDisposition',
    ],
    ['upload terms on a download', { upload: { contentLength: 1 } }, {}, 'method-not-allowed', 'upload'],
  ])('for %s says which term', (_what, change, rule, code, field) => {
    expect(decide(change, aPolicy({}, rule))).toEqual({
      allowed: false,
      denials: [{ policy: 'avatars', code, field, expected: expect.any(String), got: expect.any(String) }],
    });
  });

  test('for a bucket that no policy names says so', () => {
    expect(decide({ bucket: 'another' })).toMatchObject({
      denials: [{ code: 'no-policy-matched', field: 'bucket', got: '"another"' }],
    });
  });

  test('reports the nearest miss of each policy', () => {
    const result = decide(
      { lifetimeSeconds: 9999 },
      aPolicy({ name: 'one' }, { keys: ['other/{any}'] }),
      aPolicy({ name: 'two' }),
    );
    expect(result).toMatchObject({
      denials: [
        { policy: 'one', code: 'key-not-allowed' },
        { policy: 'two', code: 'lifetime-too-long' },
      ],
    });
  });

  test('without any policy is every request', () => {
    expect(evaluate(createPolicySet([]), aRequest(), context)).toMatchObject({ allowed: false });
  });
});

describe('a policy', () => {
  test.each<[Partial<PolicyInput>, Partial<PolicyInput['rule']>, string]>([
    [{}, { keys: [''] }, 'policies[0].keys[0]'],
    [{ buckets: ['..'] }, {}, 'policies[0].buckets[0]'],
    [{}, { lifetime: { max: '0s' } }, 'policies[0].lifetime.max'],
    [{}, { lifetime: { max: '169h' } }, 'policies[0].lifetime.max'],
    [{}, { lifetime: { default: '2h', max: '1h' } }, 'policies[0].lifetime.default'],
    [{}, { upload: { minSize: '2Mi', maxSize: '1Mi' } }, 'policies[0].upload.minSize'],
    [{}, { upload: { multipartThreshold: '4Mi' } }, 'policies[0].upload.multipartThreshold'],
    [{}, { upload: { partSize: '5119Ki' } }, 'policies[0].upload.partSize'],
    [{}, { upload: { partSize: '6Gi' } }, 'policies[0].upload.partSize'],
  ])('%j %j is refused naming the field', (change, rule, field) => {
    expect(() => aPolicy(change, rule)).toThrow(expect.objectContaining({ field }));
  });

  test('must have a name of its own', () => {
    expect(() => createPolicySet([aPolicy(), aPolicy()])).toThrow('a different name for each policy');
  });
});
