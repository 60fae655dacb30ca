import { describe, expect, test } from 'vitest';

import type { AccessRequest } from '../policy/access-request.ts';
import { createPolicySet } from '../policy/policy-set.ts';
import { compilePolicy, type PolicyInput } from '../policy/policy.ts';
import { defineStore } from '../store/define-store.ts';
import { evaluate } from './evaluate.ts';
import { presign } from './presign.ts';

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

  test('of a download gives the same URL all through the policy’s cache window, of an upload never', () => {
    const policy = aPolicy({}, { download: { cacheWindow: '1h' } });
    expect(decide({}, policy)).toMatchObject({ grant: { cacheWindowSeconds: 3600 } });
    expect(decide({ method: 'HEAD' }, policy)).toMatchObject({ grant: { cacheWindowSeconds: 3600 } });
    expect(decide({ method: 'PUT' }, policy)).not.toHaveProperty('grant.cacheWindowSeconds');
    const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
    const urls = [nowMs, nowMs + 60_000].map((at) => {
      const decided = decide({}, policy);
      if (!decided.allowed) throw new Error('denied');
      const keys = { accessKeyId: 'AKIAEXAMPLEEXAMPLE12', secretAccessKey: 'secret' };
      return presign(decided.grant, keys, { store, nowMs: at }).reveal();
    });
    expect(urls[0]).toBe(urls[1]);
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

  test.each(['image/png', 'IMAGE/PNG; charset=binary', 'text/plain', 'image/svg+xml'])(
    'may be of type %s where its whole kind or it itself is listed',
    (contentType) => {
      const policy = aPolicy({}, { upload: { contentTypes: ['Image/*', 'text/plain'] } });
      expect(decide({ method: 'PUT', upload: { contentType } }, policy)).toMatchObject({ allowed: true });
    },
  );

  test('may have doubled slashes where syntax and store keep them apart', () => {
    const request = { key: 'avatars//me.png' };
    const rule: Partial<PolicyInput['rule']> = { keySyntax: 'raw', keys: ['avatars/{rest}'] };
    expect(decide(request, aPolicy({ slashes: 'exact' }, rule))).toMatchObject({
      grant: { key: 'avatars//me.png' },
    });
    expect(decide(request, aPolicy({}, rule))).toMatchObject({ denials: [{ code: 'invalid-key' }] });
    expect(decide(request, aPolicy({ slashes: 'exact' }, { keys: ['avatars/{rest}'] }))).toMatchObject({
      denials: [{ code: 'invalid-key' }],
    });
  });

  test('has a pattern with what only raw keys hold', () => {
    const policy = aPolicy({}, { keySyntax: 'raw', keys: ['a\\b/{any}'] });
    expect(decide({ key: 'a\\b/c' }, policy)).toMatchObject({ allowed: true });
  });

  test.each([
    [undefined, undefined, undefined],
    ['2026-11-23T21:00:00Z', undefined, '2026-11-23T21:00:00Z'],
    [undefined, '2026-11-23T21:00:00Z', '2026-11-23T21:00:00Z'],
    ['2026-11-23T22:00:00Z', '2026-11-23T21:00:00Z', '2026-11-23T21:00:00Z'],
    ['2026-11-23T21:00:00Z', '2026-11-23T22:00:00Z', '2026-11-23T21:00:00Z'],
  ])('under a policy until %s asked until %s ends at %s', (notAfter, asked, end) => {
    const toMs = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
    expect(decide({ notAfterMs: toMs(asked) }, aPolicy({ notAfter }))).toMatchObject({
      grant: { notAfterMs: toMs(end) },
    });
  });

  test.each([
    [undefined, 'attachment'],
    ['attachment; filename="me.png"', 'attachment; filename="me.png"'],
  ])('is signed with the disposition of the policy, asked as %s', (contentDisposition, signed) => {
    const policy = aPolicy({}, { download: { disposition: 'attachment' } });
    const response = { contentType: 'image/png', contentDisposition };
    expect(decide({ response }, policy)).toMatchObject({
      grant: { query: { 'response-content-type': 'image/png', 'response-content-disposition': signed } },
    });
    expect(decide({ method: 'PUT' }, policy)).toMatchObject({ grant: { query: {} } });
  });

  test('without a lifetime in the policy lives an hour at most', () => {
    const policy = aPolicy({}, { lifetime: undefined });
    expect(decide({}, policy)).toMatchObject({ grant: { lifetimeSeconds: 3600 } });
    expect(decide({ lifetimeSeconds: 3601 }, policy)).toMatchObject({ allowed: false });
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
      'a key that may be an exception for a subject whose claim is not known',
      {},
      { exceptKeys: ['avatars/{claims.tenant}/secret'] },
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
      'an upload of a kind without a type',
      { method: 'PUT', upload: { contentType: 'image/' } },
      { upload: { contentTypes: ['image/*'] } },
      'type-not-allowed',
      'contentType',
    ],
    [
      'an upload of a type that is named like a kind',
      { method: 'PUT', upload: { contentType: 'image/*' } },
      { upload: { contentTypes: ['image/*', 'text/plain'] } },
      'type-not-allowed',
      'contentType',
    ],
    ['an end that has come', { notAfterMs: nowMs + 999 }, {}, 'invalid-lifetime', 'notAfter'],
    ['an end that is no time', { notAfterMs: Number.NaN }, {}, 'invalid-lifetime', 'notAfter'],
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

  test('for an excepted key says so however many slashes it is written with', () => {
    const rule: Partial<PolicyInput['rule']> = {
      keySyntax: 'raw',
      keys: ['avatars/{rest}'],
      exceptKeys: ['avatars/ann/secret/{rest}'],
    };
    expect(decide({ key: 'avatars/ann//secret/x' }, aPolicy({ slashes: 'exact' }, rule))).toMatchObject({
      denials: [{ code: 'key-not-allowed', expected: 'a key outside exceptKeys' }],
    });
  });

  test.each([
    [{ notBefore: '2026-11-23T20:56:49Z' }, 'notBefore'],
    [{ notAfter: '2026-11-23T20:56:48.999Z' }, 'notAfter'],
  ])('outside the time of its policy (%j) says when that is', (period, field) => {
    expect(decide({}, aPolicy(period))).toMatchObject({
      denials: [{ code: 'no-policy-matched', field, got: '2026-11-23T20:56:48Z' }],
    });
    expect(
      decide({}, aPolicy({ notBefore: '2026-11-23T20:56:48Z', notAfter: '2026-11-23T20:56:50Z' })),
    ).toMatchObject({ allowed: true });
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
    [{}, { download: { cacheWindow: '169h' } }, 'policies[0].download.cacheWindow'],
    [{}, { lifetime: { default: '2h', max: '1h' } }, 'policies[0].lifetime.default'],
    [{}, { upload: { minSize: '2Mi', maxSize: '1Mi' } }, 'policies[0].upload.minSize'],
    [{ notBefore: 'tomorrow' }, {}, 'policies[0].notBefore'],
    [{ notAfter: '2026-02-30T00:00:00Z' }, {}, 'policies[0].notAfter'],
    [{ notBefore: '2026-11-23T00:00:00Z', notAfter: '2026-11-23T00:00:00Z' }, {}, 'policies[0].notAfter'],
    [{ subjects: [{ kind: 'anonymous' }] }, {}, 'policies[0].rateLimit'],
    [
      { subjects: [{ kind: 'anonymous' }], rateLimit: { bytes: { count: 1, windowSeconds: 1 } } },
      {},
      'policies[0].rateLimit',
    ],
    [{}, { upload: { contentTypes: ['image/png', 'png'] } }, 'policies[0].upload.contentTypes[1]'],
    [{}, { upload: { contentTypes: ['*/*'] } }, 'policies[0].upload.contentTypes[0]'],
    [{}, { upload: { contentTypes: ['image/p*'] } }, 'policies[0].upload.contentTypes[0]'],
    [{}, { upload: { contentTypes: ['text/html; charset=utf-8'] } }, 'policies[0].upload.contentTypes[0]'],
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
