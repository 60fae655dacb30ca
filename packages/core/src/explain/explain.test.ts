/// <reference types="node" />
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { presign, type PresignRequest } from '../signing/presign.ts';
import { explain } from './explain.ts';
import { toCanonicalRequest } from './canonical-request.ts';
import { parseRawUrl } from './raw-url.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const longTerm = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret' };
const session = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'canary-secret',
  sessionToken: 'canary-token',
};
const base: PresignRequest = {
  method: 'GET',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: 'a/b.txt',
  expiresInSeconds: 600,
};
const url = (
  change: Partial<PresignRequest> = {},
  keys: typeof longTerm & { sessionToken?: string } = longTerm,
) => presign({ ...base, ...change }, keys, { nowMs }).reveal();
const codesOf = (text: string, options: object = {}) =>
  explain(text, { nowMs, ...options }).findings.map(({ code }) => code);

test('says what a URL allows, for whom and how long', () => {
  const { findings, ...facts } = explain(url({ versionId: 'v1' }, session), { nowMs: nowMs + 60_000 });
  expect(facts).toEqual({
    kind: 'sigv4',
    scheme: 'https',
    host: 'user-media.s3.eu-central-1.amazonaws.com',
    bucket: 'user-media',
    key: 'a/b.txt',
    addressing: 'virtual',
    region: 'eu-central-1',
    service: 's3',
    credential: { kind: 'temporary', accessKeyId: 'ASIA…MPLE' },
    signedAtMs: nowMs,
    expiresAtMs: nowMs + 600_000,
    remainingSeconds: 540,
    state: 'valid',
    signedHeaders: ['host'],
    versionId: 'v1',
  });
  expect(findings).toEqual([]);
});

test('never shows signature, token, secret or whole key', () => {
  for (const text of [url({}, session), url().replace('&X-Amz-Expires=600', ''), `"${url({}, session)}"`]) {
    const signature = /X-Amz-Signature=([0-9a-f]+)/.exec(text)?.[1] ?? 'none';
    const shown = JSON.stringify(explain(text, { nowMs }));
    for (const secret of [signature, 'canary-token', 'canary-secret', 'IOSFODNN7EXAMPLE'])
      expect(shown).not.toContain(secret);
  }
});

const put = { method: 'PUT' };
const without = (text: string, name: string) =>
  text.replace(new RegExp(`[?&]${name}=[^&]*`), '').replace(/^([^?&]*)&/, '$1?');

test.each<[string, string, string, object?]>([
  ['an ended URL', url(), 'expired', { nowMs: nowMs + 600_000 }],
  ['a signature dated ahead', url(), 'not-yet-valid', { nowMs: nowMs - 60_000 }],
  [
    'a temporary key without its token',
    without(url({}, session), 'X-Amz-Security-Token'),
    'session-token-missing',
  ],
  ['a session that ends before its URL', url({ expiresInSeconds: 86_400 }, session), 'outlives-credentials'],
  [
    'the checksum of nothing',
    url({ method: 'PUT', query: { 'x-amz-checksum-crc32': 'AAAAAA==' } }),
    'checksum-of-nothing',
    put,
  ],
  ['an upload of any type', url(put as Partial<PresignRequest>), 'content-type-not-signed', put],
  ['an upload of any size', url(put as Partial<PresignRequest>), 'size-not-signed', put],
  [
    'Signature Version 2',
    'https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIA&Signature=abc%3D&Expires=1790000000',
    'sigv2',
  ],
  ['no signature', 'https://user-media.s3.eu-central-1.amazonaws.com/a/b.txt', 'unsigned'],
  [
    'a URL of CloudFront',
    'https://d111111abcdef8.cloudfront.net/a.txt?Expires=1790000000&Signature=x&Key-Pair-Id=K',
    'cloudfront',
  ],
  ['the global endpoint', url({ endpoint: 'https://s3.amazonaws.com' }), 'global-endpoint'],
  ['another region than the host', url({ region: 'eu-west-1' }), 'region-mismatch'],
  ['a key that was encoded before', url({ key: 'a%2Fb.txt' }), 'double-encoded-key'],
  ['a dot segment', url().replace('/a/b.txt', '/a/%2E%2E/b.txt'), 'dot-segments'],
  ['a doubled slash', url({ key: 'a//b', keyRules: { syntax: 'raw', slashes: 'exact' } }), 'doubled-slashes'],
  ['no key', url().replace('/a/b.txt', '/'), 'no-key'],
  ['http', url({ endpoint: 'http://s3.example.com' }), 'not-encrypted'],
  [
    'a host of a cluster',
    url({ endpoint: 'https://minio.storage.svc:9000', addressing: 'path' }),
    'private-host',
  ],
  ['localhost', url({ endpoint: 'http://localhost:9000', addressing: 'path' }), 'private-host'],
  ['a private address', url({ endpoint: 'http://192.168.1.5:9000' }), 'private-host'],
  ['a dotted bucket in the host', url({ bucket: 'a.b.c', addressing: 'virtual' }), 'dotted-bucket'],
  ['no pinned version', url(), 'follows-latest'],
  ['another service', url().replace('%2Fs3%2F', '%2Fsts%2F'), 'wrong-service'],
  ['a life over seven days', url().replace('Expires=600', 'Expires=604801'), 'malformed-signature'],
  ['a parameter left out', without(url(), 'X-Amz-Date'), 'malformed-signature'],
  ['a signature cut short', url().slice(0, -10), 'malformed-signature'],
  ['a parameter twice', `${url()}&X-Amz-Expires=60`, 'malformed-signature'],
  [
    'a scope of another day',
    url().replace('X-Amz-Date=20261124', 'X-Amz-Date=20261123'),
    'malformed-signature',
  ],
  ['& as &amp;', url().replaceAll('&', '&amp;'), 'html-escaped'],
  ['quotes around it', `'${url()}'`, 'pasted-around'],
  ['broken lines', url().replace('&X-Amz-Date', '\n  &X-Amz-Date'), 'broken-lines'],
  ['plus signs', url().replace('%2Fs3', '+%2Fs3'), 'not-a-url'],
  ['no URL at all', 'hello', 'not-a-url'],
  ['nothing', '', 'not-a-url'],
])('finds %s', (_title, text, code, options = {}) => {
  expect(codesOf(text, options)).toContain(code);
});

test('a URL without a trap has no error and no warning', () => {
  expect(explain(url(), { nowMs }).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});

test('anything that can be pasted is taken', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => url() + text),
        fc.webUrl(),
      ),
      (text) => {
        expect(explain(text, { nowMs }).findings).toBeInstanceOf(Array);
      },
    ),
    { numRuns: 2000 },
  );
});

describe("a store's answer", () => {
  const xml = (code: string, rest = '') => `<?xml version="1.0"?><Error><Code>${code}</Code>${rest}</Error>`;
  const first = (body: string, text = url(), more: object = {}) =>
    explain(text, { nowMs, answer: { status: 403, body, ...more } }).findings[0];

  test.each([
    [
      xml('AccessDenied', '<Message>Request has expired</Message><Expires>2026-11-24T12:00:00Z</Expires>'),
      'store-expired',
    ],
    [xml('AccessDenied', '<Message>Access Denied</Message>'), 'store-denied'],
    [
      xml(
        'AccessDenied',
        '<Message>There were headers present in the request which were not signed</Message>',
      ),
      'store-unsigned-headers',
    ],
    [
      xml('AccessDenied', '<Message>Query-string authentication requires the Signature parameter</Message>'),
      'store-parameters',
    ],
    [xml('AccessDenied', '<Message>Invalid according to Policy: Policy expired.</Message>'), 'store-expired'],
    [
      xml('AccessDenied', '<Message>Invalid according to Policy: Policy Condition failed: x</Message>'),
      'store-form-condition',
    ],
    [xml('InvalidArgument'), 'store-bad-field'],
    [xml('InvalidPolicyDocument'), 'store-bad-form-policy'],
    [xml('PreconditionFailed'), 'store-exists'],
    [xml('EntityTooLarge'), 'store-too-large'],
    [xml('ExpiredToken'), 'store-session-ended'],
    [xml('InvalidAccessKeyId'), 'store-unknown-key'],
    [xml('RequestTimeTooSkewed'), 'store-clock'],
    [xml('NoSuchKey'), 'store-no-object'],
    [xml('InvalidObjectState'), 'store-archived'],
    [xml('PermanentRedirect'), 'store-other-region'],
    [xml('AuthorizationQueryParametersError'), 'store-parameters'],
    [xml('SlowDown'), 'store-error'],
    [xml('SignatureDoesNotMatch'), 'signature-mismatch'],
    ['a page of a proxy', 'store-error'],
  ])('%s means %s', (body, code) => {
    expect(first(body)).toMatchObject({ code, severity: 'error' });
  });

  const canonical = (
    text: string,
    method: string,
    headers: Record<string, string> = {},
    signed = ['host'],
  ) => {
    const parsed = parseRawUrl(text);
    if (typeof parsed === 'string') throw new Error(parsed);
    return toCanonicalRequest({ method, url: parsed, headers: new Map(Object.entries(headers)) }, signed);
  };
  const mismatch = (request: string) =>
    xml('SignatureDoesNotMatch', `<CanonicalRequest>${request.replaceAll('&', '&amp;')}</CanonicalRequest>`);

  test.each([
    [
      'another method',
      canonical(url(), 'PUT'),
      'differs-in-method',
      /saw "PUT", the URL was signed for "GET"/,
    ],
    [
      'another path',
      canonical(url().replace('/a/b', '/a%2Fb').replace('%2F', '/x/'), 'GET'),
      'differs-in-path',
      /saw "\/a\/x\/b\.txt"/,
    ],
    ['another query', canonical(`${url()}&versionId=1`, 'GET'), 'differs-in-query', /versionId=1/],
    [
      'another host',
      canonical(url().replace('user-media.', 'proxy.'), 'GET'),
      'differs-in-headers',
      /saw "host:proxy\./,
    ],
  ])('names the first line that differs: %s', (_title, request, code, message) => {
    const finding = first(mismatch(request), url(), { method: 'GET' });
    expect(finding?.code).toBe(code);
    expect(finding?.message).toMatch(message);
    expect(finding?.message).not.toMatch(/AKIAIOSFODNN7EXAMPLE/);
  });

  test('equal lines mean that the secret is another one', () => {
    expect(first(mismatch(canonical(url(), 'GET')), url(), { method: 'GET' })?.code).toBe('wrong-secret');
  });
});
