/** What a denial says, word for word: it is all that the policy's owner has to go by. */
import { expect, test } from 'vitest';

import type { AccessRequest } from '../policy/access-request.ts';
import type { Denial } from '../policy/denial.ts';
import { createPolicySet } from '../policy/policy-set.ts';
import { compilePolicy, type PolicyInput } from '../policy/policy.ts';
import { evaluate } from './evaluate.ts';

const nowMs = Date.parse('2026-11-23T20:56:48Z');
const context = { nowMs, newUuid: () => '0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f' };

const aPolicy = (change: Partial<PolicyInput> = {}, rule: Partial<PolicyInput['rule']> = {}) =>
  compilePolicy(
    {
      name: 'files',
      subjects: [{ kind: 'user' }],
      stores: ['media', 'archive'],
      buckets: ['user-media'],
      rule: {
        actions: ['download', 'upload'],
        keys: ['a/{rest}', 'b/{any}'],
        lifetime: { default: '5m', max: '15m' },
        ...rule,
      },
      ...change,
    },
    'policies[0]',
  );
const decide = (asked: Partial<AccessRequest>, policy: ReturnType<typeof aPolicy>) =>
  evaluate(
    createPolicySet([policy]),
    {
      subject: { kind: 'user', id: 'ann', claims: {} },
      store: 'media',
      bucket: 'user-media',
      method: 'GET',
      key: 'a/x',
      ...asked,
    },
    context,
  );
const put = (upload: AccessRequest['upload'], change: Partial<AccessRequest> = {}) =>
  ({ method: 'PUT', upload, ...change }) as const;

type Change = Partial<Omit<PolicyInput, 'rule'>> & { readonly rule?: Partial<PolicyInput['rule']> };
type Row = readonly [asked: Partial<AccessRequest>, policy: Change, denial: Omit<Denial, 'policy'>];

const anonymous = { kind: 'anonymous', id: 'a"b', claims: {} } as const;
const notAllowed = 'method-not-allowed';

test.each<Row>([
  [
    { subject: anonymous },
    {},
    {
      code: 'subject-not-allowed',
      field: 'subject',
      expected: 'a subject that the policy selects',
      got: String.raw`anonymous "a\"b"`,
    },
  ],
  [
    { store: 'other' },
    {},
    { code: 'no-policy-matched', field: 'store', expected: 'media, archive', got: '"other"' },
  ],
  [
    { method: 'DELETE' },
    {},
    { code: notAllowed, field: 'method', expected: 'a method of download, upload', got: 'DELETE' },
  ],
  [
    { key: 'c/x' },
    {},
    { code: 'key-not-allowed', field: 'key', expected: 'a/{rest} or b/{any}', got: '"c/x"' },
  ],
  [
    {},
    { rule: { exceptKeys: ['a/{any}'] } },
    { code: 'key-not-allowed', field: 'key', expected: 'a key outside exceptKeys', got: '"a/x"' },
  ],
  [
    { key: undefined },
    {},
    {
      code: 'key-not-allowed',
      field: 'key',
      expected: 'a key, which this policy cannot generate',
      got: 'none',
    },
  ],
  [
    { method: 'PUT', key: undefined },
    {},
    {
      code: 'key-not-allowed',
      field: 'key',
      expected: 'a key, which this policy cannot generate',
      got: 'none',
    },
  ],
  [
    { key: 'a//x' },
    {},
    {
      code: 'invalid-key',
      field: 'key',
      expected: 'no leading, trailing or doubled slash',
      got: '"a//x"',
    },
  ],
  [
    { method: 'HEAD', lifetimeSeconds: 901 },
    {},
    { code: 'lifetime-too-long', field: 'lifetime', expected: 'at most 900 seconds', got: '901 seconds' },
  ],
  [
    { method: 'DELETE', lifetimeSeconds: 901 },
    { rule: { actions: ['delete'] } },
    { code: 'lifetime-too-long', field: 'lifetime', expected: 'at most 900 seconds', got: '901 seconds' },
  ],
  [
    { lifetimeSeconds: 901 },
    {},
    { code: 'lifetime-too-long', field: 'lifetime', expected: 'at most 900 seconds', got: '901 seconds' },
  ],
  [
    {},
    { notBefore: '2026-11-23T20:56:48.001Z' },
    {
      code: 'no-policy-matched',
      field: 'notBefore',
      expected: 'a time from 2026-11-23T20:56:48Z',
      got: '2026-11-23T20:56:48Z',
    },
  ],
  [
    {},
    { notAfter: '2026-11-23T20:56:48.999Z' },
    {
      code: 'no-policy-matched',
      field: 'notAfter',
      expected: 'a time before 2026-11-23T20:56:48Z',
      got: '2026-11-23T20:56:48Z',
    },
  ],
  [
    { notAfterMs: nowMs - 1000 },
    {},
    {
      code: 'invalid-lifetime',
      field: 'notAfter',
      expected: 'an end time in the future',
      got: '2026-11-23T20:56:47Z',
    },
  ],
  [
    { notAfterMs: Number.NaN },
    {},
    { code: 'invalid-lifetime', field: 'notAfter', expected: 'an end time in the future', got: 'NaN' },
  ],
  [
    {},
    { rule: { download: { requireVersionId: true } } },
    { code: 'version-required', field: 'versionId', expected: 'a version', got: 'none' },
  ],
  [
    { response: { contentDisposition: 'attachment' } },
    { rule: { download: { disposition: 'inline' } } },
    {
      code: 'type-not-allowed',
      field: 'response.contentDisposition',
      expected: 'inline',
      got: '"attachment"',
    },
  ],
  [{ upload: {} }, {}, { code: notAllowed, field: 'upload', expected: 'PUT', got: 'GET' }],
  [
    { method: 'PUT', response: {} },
    {},
    { code: notAllowed, field: 'response', expected: 'GET or HEAD', got: 'PUT' },
  ],
  [
    { method: 'DELETE', response: {} },
    { rule: { actions: ['delete'] } },
    { code: notAllowed, field: 'response', expected: 'GET or HEAD', got: 'DELETE' },
  ],
  [
    { method: 'PUT', versionId: 'v1' },
    {},
    { code: notAllowed, field: 'versionId', expected: 'GET, HEAD or DELETE', got: 'PUT' },
  ],
  [
    put({}),
    { rule: { upload: { maxSize: 9 } } },
    {
      code: 'size-not-bounded',
      field: 'contentLength',
      expected: 'the exact size, at most 9 bytes',
      got: 'none',
    },
  ],
  [
    put(undefined),
    { rule: { upload: { minSize: 1 } } },
    {
      code: 'size-not-bounded',
      field: 'contentLength',
      expected: 'the exact size, at most any number of bytes',
      got: 'none',
    },
  ],
  [
    put({ contentLength: 10 }),
    { rule: { upload: { maxSize: 9 } } },
    { code: 'file-too-large', field: 'contentLength', expected: 'at most 9 bytes', got: '10 bytes' },
  ],
  [
    put({ contentLength: 1 }),
    { rule: { upload: { minSize: 2 } } },
    { code: 'file-too-small', field: 'contentLength', expected: 'at least 2 bytes', got: '1 bytes' },
  ],
  [
    put({}),
    { rule: { upload: { contentTypes: ['image/png', 'text/*'] } } },
    { code: 'type-not-allowed', field: 'contentType', expected: 'image/png, text/*', got: 'none' },
  ],
  [
    put({ contentType: 'image/gif' }),
    { rule: { upload: { contentTypes: ['image/png'] } } },
    { code: 'type-not-allowed', field: 'contentType', expected: 'image/png', got: '"image/gif"' },
  ],
  [
    put({}),
    { rule: { upload: { checksum: 'required' } } },
    { code: 'checksum-required', field: 'checksum', expected: 'a checksum', got: 'none' },
  ],
  [
    put({ metadata: { b: '' } }),
    {},
    { code: 'invalid-metadata', field: 'metadata', expected: 'no metadata', got: '"b"' },
  ],
  [
    put({ metadata: { caption: '', b: '' } }),
    { rule: { upload: { metadata: ['caption', 'credit'] } } },
    { code: 'invalid-metadata', field: 'metadata', expected: 'caption, credit', got: '"b"' },
  ],
  [
    put({ contentDisposition: 'inline' }),
    {},
    {
      code: 'invalid-metadata',
      field: 'contentDisposition',
      expected: 'none, for the policy lets no header be set',
      got: '"inline"',
    },
  ],
  [
    put({ contentDisposition: 'inline', cacheControl: 'no-store' }),
    { rule: { upload: { headers: ['content-disposition'] } } },
    {
      code: 'invalid-metadata',
      field: 'cacheControl',
      expected: 'content-disposition',
      got: '"no-store"',
    },
  ],
])('%j under %j is denied as %j', (asked, { rule, ...change }, denial) => {
  expect(decide(asked, aPolicy(change, rule))).toEqual({
    allowed: false,
    denials: [{ policy: 'files', ...denial }],
  });
});

test('a key that is none is told of as the grammar tells of it', () => {
  expect(decide({ key: 'c/../x' }, aPolicy())).toEqual({
    allowed: false,
    denials: [
      {
        policy: 'files',
        code: 'invalid-key',
        field: 'key',
        expected: expect.stringMatching(/segment/),
        got: '"c/../x"',
      },
    ],
  });
});

test('a bucket that no policy names is told of without the name of a policy', () => {
  expect(decide({ bucket: 'another' }, aPolicy())).toEqual({
    allowed: false,
    denials: [
      {
        code: 'no-policy-matched',
        field: 'bucket',
        expected: 'a bucket that a policy names',
        got: '"another"',
      },
    ],
  });
});

test('an error in a check denies under its policy, without a word of the error', () => {
  const subject: AccessRequest['subject'] = {
    kind: 'user',
    id: 'ann',
    get claims(): never {
      throw new Error('not for anybody');
    },
  };
  const denied = {
    allowed: false,
    denials: [
      { policy: 'files', code: 'forbidden', field: 'policy', expected: 'checks that run', got: 'an error' },
    ],
  };
  expect(decide({ subject }, aPolicy({ subjects: [{ kind: 'user', claims: { aud: 'web' } }] }))).toEqual(
    denied,
  );
  const nameless: AccessRequest['subject'] = {
    kind: 'anonymous',
    claims: {},
    get id(): never {
      throw new Error('not for anybody');
    },
  };
  expect(decide({ subject: nameless }, aPolicy())).toEqual(denied);
});

test.each<readonly [Partial<AccessRequest>, Change]>([
  [{ lifetimeSeconds: 900 }, {}],
  [{}, { notBefore: '2026-11-23T20:56:48Z' }],
  [{}, { notAfter: '2026-11-23T20:56:49Z' }],
  [{ notAfterMs: nowMs + 1000 }, {}],
  [{ versionId: 'v1' }, { rule: { download: { requireVersionId: true } } }],
  [{ method: 'HEAD', response: {} }, {}],
  [{ method: 'DELETE', versionId: 'v1' }, { rule: { actions: ['delete'] } }],
  [
    { response: { contentDisposition: ' INLINE ; filename="x"' } },
    { rule: { download: { disposition: 'inline' } } },
  ],
  [{ response: { contentType: 'a/b' } }, { rule: { download: { disposition: 'inline' } } }],
  [{ response: { contentDisposition: 'attachment' } }, {}],
  [put({}), {}],
  [put({ contentLength: 9 }), { rule: { upload: { maxSize: 9, minSize: 9 } } }],
  [put({ contentLength: 2 ** 40 }), {}],
  [
    put({ checksum: { algorithm: 'CRC32', value: 'AAAAAA==' } }),
    { rule: { upload: { checksum: 'required' } } },
  ],
  [put({ partChecksum: 'CRC32' }), { rule: { upload: { checksum: 'required' } } }],
  [put({}), { rule: { upload: { checksum: 'optional' } } }],
  [put({ metadata: {} }), {}],
  [put({ cacheControl: 'no-store' }), { rule: { upload: { headers: ['cache-control'] } } }],
  [put({ metadata: { caption: 'x' } }), { rule: { upload: { metadata: ['caption'] } } }],
])('%j under %j is allowed: it is just within', (asked, { rule, ...change }) => {
  expect(decide(asked, aPolicy(change, rule))).toMatchObject({ allowed: true });
});

test.each<readonly [AccessRequest['method'], boolean | undefined, boolean]>([
  ['PUT', false, true],
  ['PUT', true, false],
  ['PUT', undefined, false],
  ['GET', false, false],
  ['DELETE', false, false],
])('%s with overwrite %s replaces nothing: %s', (method, overwrite, isBound) => {
  const policy = aPolicy({}, { actions: ['download', 'upload', 'delete'], upload: { overwrite } });
  const decided = decide({ method }, policy);
  expect(decided.allowed && 'if-none-match' in decided.grant.headers).toBe(isBound);
});

test.each<readonly [AccessRequest['method'], boolean]>([
  ['GET', true],
  ['HEAD', true],
  ['PUT', false],
  ['DELETE', false],
])('the policy’s disposition is signed for %s: %s', (method, isSigned) => {
  const policy = aPolicy(
    {},
    { actions: ['download', 'upload', 'delete'], download: { disposition: 'inline' } },
  );
  const decided = decide({ method }, policy);
  expect(decided.allowed && decided.grant.query['response-content-disposition']).toBe(
    isSigned ? 'inline' : undefined,
  );
});

test('a key is generated for the day, from the file’s type, and only for an upload', () => {
  const policy = aPolicy({}, { keys: ['{date}/{uuid}{ext}'] });
  const asked = { key: undefined, fileName: 'A.PNG' };
  const png = decide(put({ contentType: 'image/png' }, asked), policy);
  expect(png.allowed && png.grant.key).toBe('2026-11-23/0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f.png');
  const text = decide(put({ contentType: 'text/plain' }, asked), policy);
  expect(text.allowed && text.grant.key).toBe('2026-11-23/0b54b5a4-9f0e-4c6e-8f5a-2f6f8f6f8f6f');
  expect(decide({ method: 'GET', ...asked }, policy).allowed).toBe(false);
});

test('a lifetime that no policy could allow is the caller’s mistake', () => {
  for (const lifetimeSeconds of [0, -1, 1.5, Number.NaN, 604_801]) {
    expect(() => decide({ lifetimeSeconds }, aPolicy())).toThrow(
      expect.objectContaining({ code: 'invalid-lifetime', field: 'lifetime' }),
    );
  }
  expect(() => decide({ bucket: '..' }, aPolicy())).toThrow(
    expect.objectContaining({ code: 'invalid-bucket', field: 'bucket' }),
  );
});
