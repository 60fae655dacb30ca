/** Every bound of the signer from both sides, and what a refusal tells. */
import { describe, expect, test } from 'vitest';

import { parseEndpoint } from '../grammar/endpoint.ts';
import { canonicalHeaders } from './canonical-headers.ts';
import { canonicalQuery } from './canonical-query.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkHeaders, checkQuery, checkVersionId } from './check-parameters.ts';
import { toObjectAddress, type Addressing } from './object-address.ts';
import { postForm } from './post-form.ts';
import { presign, type PresignRequest } from './presign.ts';
import { redactError } from './redact-error.ts';
import { uriEncode, uriEncodePath } from './uri-encode.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret' };
const base: PresignRequest = {
  method: 'GET',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: 'a.txt',
  expiresInSeconds: 600,
};
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('headers', () => {
  test.each<[Readonly<Record<string, string>>]>([
    [{}],
    [{ a: 'b' }],
    [{ ["x!#$%&'*+.^_`|~-9"]: '!' }],
    [{ ['a'.repeat(256)]: 'b' }],
    [{ a: 'b'.repeat(8192) }],
    [{ a: 'b c  d' }],
    [{ 'x-host': 'a', expectation: 'b', 'te-x': 'c' }],
  ])('%j are signed', (headers) => {
    expect(refusal(() => checkHeaders(headers))).toBeUndefined();
  });

  test.each([
    '',
    'A',
    'a b',
    'a:b',
    'ä',
    'a\n',
    'a'.repeat(257),
    'host',
    'connection',
    'transfer-encoding',
    'authorization',
    'expect',
    'te',
    'upgrade',
  ])('the name %j is refused', (name) => {
    expect(refusal(() => checkHeaders({ [name]: 'b' }))).toMatchObject({
      code: 'invalid-metadata',
      field: 'headers',
      expected: 'lower-case names of headers that a client may set',
    });
  });

  test.each(['', ' ', ' b', 'b ', 'b\r\nc', 'b\t', 'ü', '\u007f', 'b'.repeat(8193)])(
    'the value %j is refused',
    (value) => {
      expect(refusal(() => checkHeaders({ a: value }))).toMatchObject({
        code: 'invalid-metadata',
        field: 'a',
        expected: 'printable ASCII without leading or trailing space',
      });
    },
  );

  test('stand in the order of their names, host among them, spaces folded', () => {
    expect(canonicalHeaders('h:1', {})).toEqual({ lines: 'host:h:1\n', names: 'host' });
    expect(canonicalHeaders('h', { 'x-a': ' 1   2\t3 ', 'content-type': 'b', i: '' })).toEqual({
      lines: 'content-type:b\nhost:h\ni:\nx-a:1 2 3\n',
      names: 'content-type;host;i;x-a',
    });
  });
});

describe('the query', () => {
  test.each(['a', 'x-amz-acl', 'X-Amz-Content-Sha256', 'versionId', 'x-amz-dates', 'ax-amz-date'])(
    '%s is signed',
    (name) => {
      expect(refusal(() => checkQuery({ [name]: 'b' }))).toBeUndefined();
    },
  );

  test.each([
    '',
    'X-Amz-Algorithm',
    'x-amz-credential',
    'X-AMZ-DATE',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
    'X-Amz-Security-Token',
  ])('%j is not the caller’s', (name) => {
    expect(refusal(() => checkQuery({ [name]: 'b' }))).toMatchObject({
      code: 'unknown-field',
      field: `query[${JSON.stringify(name)}]`,
      expected: 'a parameter of the operation, such as response-content-disposition',
    });
  });

  test('text that is not well-formed is refused', () => {
    expect(refusal(() => checkQuery({ a: '\ud800' }))).toMatchObject({
      code: 'unknown-field',
      field: 'query["a"]',
    });
  });

  test('is sorted by encoded name, then value, and an empty value keeps its sign', () => {
    expect(canonicalQuery('M=1&Z=1', [])).toBe('M=1&Z=1');
    expect(
      canonicalQuery('M=1', [
        ['a', '2'],
        ['a-b', ''],
        ['a', '1'],
        ['a', '1'],
        ['a.b', 'x y'],
        ['A', '='],
        ['ä', '&'],
      ]),
    ).toBe('%C3%A4=%26&A=%3D&M=1&a=1&a=1&a=2&a-b=&a.b=x%20y');
  });

  test.each([undefined, '!', '~', 'a'.repeat(1024)])('the version %j is taken', (versionId) => {
    expect(refusal(() => checkVersionId(versionId))).toBeUndefined();
  });

  test.each(['', ' ', 'a b', 'ü', 'a\n', 'a'.repeat(1025)])('the version %j is refused', (versionId) => {
    expect(refusal(() => checkVersionId(versionId))).toMatchObject({
      code: 'version-required',
      field: 'versionId',
      expected: '1 to 1024 printable characters without space',
    });
  });
});

test.each([
  ['', ''],
  ['AZaz09-._~', 'AZaz09-._~'],
  ['a/b', 'a%2Fb'],
  ["!'()*", '%21%27%28%29%2A'],
  ['+ %', '%2B%20%25'],
  ['é🗝', '%C3%A9%F0%9F%97%9D'],
])('%s is encoded as %s', (text, encoded) => {
  expect(uriEncode(text)).toBe(encoded);
  expect(uriEncodePath(text)).toBe(encoded.replaceAll('%2F', '/'));
});

describe('the place of a bucket', () => {
  const placeOf = (endpoint: string, addressing: Addressing, bucket = 'abc') =>
    toObjectAddress(parseEndpoint(endpoint, 'e'), addressing, bucket, 'k');

  test.each<[string, Addressing, string, string, string]>([
    ['https://h.example', 'by-bucket', 'abc', 'abc.h.example', '/k'],
    ['https://h.example', 'by-bucket', 'a.b', 'h.example', '/a.b/k'],
    ['https://h.example', 'virtual', 'a.b', 'a.b.h.example', '/k'],
    ['https://h.example:9/x', 'virtual', 'abc', 'abc.h.example:9', '/x/k'],
    ['https://h.example:9/x', 'path', 'abc', 'h.example:9', '/x/abc/k'],
    ['http://127.0.0.1:9', 'by-bucket', 'abc', '127.0.0.1:9', '/abc/k'],
    ['http://localhost', 'by-bucket', 'abc', 'localhost', '/abc/k'],
    ['http://localhost', 'virtual', 'abc', 'abc.localhost', '/k'],
    ['https://s3-accelerate.amazonaws.com', 'by-bucket', 'abc', 'abc.s3-accelerate.amazonaws.com', '/k'],
    ['https://s3-accelerate.amazonaws.com', 'virtual', 'abc', 'abc.s3-accelerate.amazonaws.com', '/k'],
  ])('%s, %s, %s: %s%s', (endpoint, addressing, bucket, host, path) => {
    const scheme = endpoint.split(':')[0];
    expect(placeOf(endpoint, addressing, bucket)).toEqual({ origin: `${scheme}://${host}`, host, path });
  });

  test.each<[string, Addressing, string, object]>([
    [
      'https://127.0.0.1',
      'virtual',
      'abc',
      {
        code: 'invalid-configuration',
        field: 'addressing',
        expected: 'path, because the endpoint is an IP address',
        got: 'virtual',
      },
    ],
    [
      'https://s3-accelerate.amazonaws.com',
      'path',
      'abc',
      {
        field: 'addressing',
        expected: 'virtual, because the accelerate endpoint knows no other',
        got: 'path',
      },
    ],
    [
      'https://s3-accelerate.amazonaws.com',
      'by-bucket',
      'a.b',
      {
        code: 'invalid-bucket',
        field: 'bucket',
        expected: 'a name without dots, because of the accelerate endpoint',
        got: 'a.b',
      },
    ],
  ])('%s, %s, %s is refused', (endpoint, addressing, bucket, facts) => {
    expect(refusal(() => placeOf(endpoint, addressing, bucket))).toMatchObject(facts);
  });
});

test.each<[object, object]>([
  [{ accessKeyId: '' }, { field: 'accessKeyId', expected: '1 to 128 printable characters without space' }],
  [{ accessKeyId: 'a'.repeat(129) }, { field: 'accessKeyId' }],
  [{ accessKeyId: 'a\n' }, { field: 'accessKeyId' }],
  [{ secretAccessKey: '' }, { field: 'secretAccessKey', expected: 'text without leading or trailing space' }],
  [{ secretAccessKey: ' canary' }, { field: 'secretAccessKey' }],
  [
    { sessionToken: '' },
    { field: 'sessionToken', expected: 'text without leading or trailing space, or none' },
  ],
  [{ sessionToken: 'canary\n' }, { field: 'sessionToken' }],
])('credentials %j are refused and not shown', (change, facts) => {
  const error = refusal(() => checkCredentials({ ...keys, ...change }));
  expect(error).toMatchObject({
    code: 'credentials-unavailable',
    got: 'something else, not shown here',
    ...facts,
  });
  expect(String(error)).not.toContain('canary');
});

test('credentials at their bounds are taken', () => {
  for (const accessKeyId of ['!', '~', 'a'.repeat(128)]) {
    expect(refusal(() => checkCredentials({ ...keys, accessKeyId, sessionToken: 't' }))).toBeUndefined();
  }
});

test('a thousand credentials in turn sign as the first time, and so does a rotated one', () => {
  const sign = (accessKeyId: string, secretAccessKey = 's', sessionToken?: string) =>
    presign(base, { accessKeyId, secretAccessKey, sessionToken }, { nowMs }).reveal();
  const first = Array.from({ length: 600 }, (_, index) => sign(`AK${index}`));
  const again = Array.from({ length: 600 }, (_, index) => sign(`AK${index}`));
  expect(again).toEqual(first);
  expect(new Set([sign('AK1'), sign('AK1', 't'), sign('AK1', 's', 'x'), sign('AK1', 's', 'y')]).size).toBe(4);
  expect(sign('AK1')).toBe(first[1]);
});

test('an unknown field and a method of another case are named', () => {
  // What plain JavaScript may hand in.
  const wrong = (change: object) => refusal(() => presign({ ...base, ...change }, keys, { nowMs }));
  expect(wrong({ expires: 60 })).toMatchObject({
    code: 'unknown-field',
    field: '"expires"',
    expected:
      'method, endpoint, addressing, region, bucket, key, keyRules, expiresInSeconds, versionId, headers, query',
  });
  expect(wrong({ method: 'get' })).toMatchObject({
    code: 'method-not-allowed',
    field: 'method',
    expected: expect.stringMatching(/^GET, HEAD, PUT/),
    got: '"get"',
  });
});

test('what is logged of an error is its name, message and causes, without signatures', () => {
  const url = presign(base, keys, { nowMs }).reveal();
  const signature = /X-Amz-Signature=([0-9a-f]+)/.exec(url)?.[1] ?? 'none';
  const error = Object.assign(new TypeError(`fetch ${url}`, { cause: new Error(url) }), { request: url });
  const shown = redactError(error);
  expect(Object.keys(shown)).toEqual(['type', 'message', 'stack', 'cause']);
  expect(shown).toMatchObject({ type: 'TypeError', cause: { type: 'Error' } });
  expect(JSON.stringify([shown, redactError(url), redactError(7)])).not.toContain(signature);
  expect(redactError('plain')).toEqual({ message: 'plain' });
  expect(Object.keys(redactError(new Error('a')))).toEqual(['type', 'message', 'stack']);
});

describe('a form', () => {
  const { method: _method, ...place } = base;
  const form = (change: object) => postForm({ ...place, maxBytes: 10, ...change }, keys, { nowMs });

  test.each<[object, object]>([
    [{ maxBytes: 0, minBytes: 1 }, { expected: expect.stringContaining('minBytes <= maxBytes') }],
    [{ maxBytes: 5 * 1024 ** 3 + 1 }, { expected: `whole bytes, minBytes <= maxBytes <= ${5 * 1024 ** 3}` }],
    [{ minBytes: 0.5 }, { got: '0.5 and 10' }],
    [{ minBytes: -1 }, { got: '-1 and 10' }],
    [{ successStatus: 302 }, { field: 'successStatus', expected: '200, 201 or 204', got: '302' }],
    [{ key: 'a/${filename}' }, { code: 'invalid-key', field: 'key' }],
  ])('%j is refused', (change, facts) => {
    expect(refusal(() => form(change))).toMatchObject(facts);
  });

  test.each([0, 10, 5 * 1024 ** 3])('takes up to %d bytes', (maxBytes) => {
    const made = form({ maxBytes });
    const policy = JSON.parse(atob(made.reveal()['policy'] ?? ''));
    expect(policy.conditions).toContainEqual(['content-length-range', 0, maxBytes]);
    expect(policy.expiration).toBe('2026-11-24T12:10:00Z');
  });

  test('names a field that it does not know', () => {
    expect(refusal(() => form({ method: 'POST' }))).toMatchObject({
      code: 'unknown-field',
      field: '"method"',
    });
  });
});
