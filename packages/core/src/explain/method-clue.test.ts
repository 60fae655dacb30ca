import { describe, expect, test } from 'vitest';

import { exampleUrl as url, longTerm as keys, nowMs } from '../../test/example-url.ts';

import { explain } from './explain.ts';
import { verify } from './verify.ts';

test.each([
  [{ query: { 'x-id': 'PutObject' } }, ['PUT'], 'x-id=PutObject in the query'],
  [{ query: { 'x-id': 'GetObject', 'x-amz-acl': 'private' } }, ['GET'], 'x-id=GetObject in the query'],
  [{ query: { 'x-id': 'DeleteObject', versionId: '1' } }, ['DELETE'], 'x-id=DeleteObject in the query'],
  [{ query: { uploads: '' } }, ['POST'], 'uploads in the query'],
  [{ query: { partNumber: '1', uploadId: 'u' } }, ['PUT'], 'uploadId and partNumber in the query'],
  [{ query: { uploadId: 'u' } }, ['POST', 'DELETE', 'GET'], 'uploadId in the query'],
  [
    { query: { 'response-content-type': 'a', versionId: '1' } },
    ['GET', 'HEAD'],
    'response-content-type in the query',
  ],
  [{ query: { 'X-Amz-Checksum-Mode': 'ENABLED' } }, ['GET', 'HEAD'], 'X-Amz-Checksum-Mode in the query'],
  [{ query: { 'x-amz-checksum-crc32': 'AAAAAA==' } }, ['PUT', 'POST'], 'x-amz-checksum-crc32 in the query'],
  [{ headers: { 'content-type': 'a/b' } }, ['PUT', 'POST'], 'the signed header content-type'],
  [{ headers: { 'x-amz-meta-a': 'b' } }, ['PUT', 'POST'], 'the signed header x-amz-meta-a'],
  [{ query: { versionId: '1' } }, ['GET', 'HEAD', 'DELETE'], 'versionId in the query'],
])('%j gives the method away', (change, methods, because) => {
  expect(explain(url(change), { nowMs }).signedFor).toEqual({ methods, because });
});

test.each([
  ['nothing but the signature', {}],
  ['an operation that is none of S3', { query: { 'x-id': 'constructor' } }],
  [
    "a key of the caller's, which goes with a download too",
    {
      headers: { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
    },
  ],
  ['a condition, which goes with every method', { headers: { 'if-none-match': '*' } }],
])('nothing is guessed from %s', (_title, change) => {
  const explained = explain(url(change), { nowMs, method: 'PUT' });
  expect(explained.signedFor).toBeUndefined();
  expect(explained.findings.map(({ code }) => code)).not.toContain('other-method');
});

describe('a URL that is used with another method than it seems to be for', () => {
  const upload = url({ method: 'PUT', query: { 'x-id': 'PutObject' } });
  const says = 'The URL seems to be signed for PUT, as x-id=PutObject in the query says, and not for GET.';
  const answer = { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' };
  const found = (options: { method?: string; answer?: typeof answer }, text = upload) =>
    explain(text, { nowMs, ...options }).findings.filter(
      ({ code }) => code === 'other-method' || code === 'signature-mismatch',
    );

  test('is warned of', () => {
    expect(found({ method: 'GET' })).toMatchObject([
      { code: 'other-method', severity: 'warning', message: says },
    ]);
    expect(found({ method: 'PUT' })).toEqual([]);
    expect(found({})).toEqual([]);
  });

  test('is the reason of a signature that does not match, and told once', () => {
    expect(found({ method: 'GET', answer })).toMatchObject([
      { code: 'other-method', severity: 'error', message: `The store reckons another signature. ${says}` },
    ]);
  });

  test('is a guess, and said to be one, where the URL gives nothing away', () => {
    const [plain] = found({ method: 'GET', answer }, url({ method: 'PUT' }));
    expect(plain).toMatchObject({
      code: 'signature-mismatch',
      message: expect.stringContaining('the URL may have been signed for another method than GET.'),
    });
    const [fitting] = found({ method: 'PUT', answer });
    expect(fitting?.message).not.toContain('another method');
  });
});

describe('with the keys at hand', () => {
  const ask = (method: string, text: string) => verify({ method, url: text }, () => keys, nowMs);

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'] as const)('the method %s is found out', (method) => {
    const other = method === 'GET' ? 'PUT' : 'GET';
    expect(ask(other, url({ method }))).toEqual({
      valid: false,
      reason: 'signature-mismatch',
      detail: `expected ${method}, for which the URL is signed`,
      signedFor: method,
    });
    expect(ask(method, url({ method }))).toMatchObject({ valid: true });
  });

  test('a URL that no method fits is told as before', () => {
    expect(ask('GET', url().replace('b.txt', 'c.txt'))).toEqual({
      valid: false,
      reason: 'signature-mismatch',
      detail: 'expected the signature of this very request',
    });
  });
});
