/// <reference types="node" />
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ValetkeyError } from '../errors.ts';
import { presign, type PresignRequest } from '../signing/presign.ts';
import { verify } from './verify.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary/secret+KEY' };
const lookup = (id: string) => (id === keys.accessKeyId ? keys : undefined);
const base: PresignRequest = {
  method: 'GET',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: 'a/b c.txt',
  expiresInSeconds: 600,
};

function signed(change: Partial<PresignRequest> = {}) {
  const url = presign({ ...base, ...change }, keys, { nowMs });
  return { method: url.method, url: url.reveal(), headers: url.requiredHeaders };
}
const reasonOf = (request: Parameters<typeof verify>[0], atMs = nowMs) => {
  const result = verify(request, lookup, atMs);
  return result.valid ? 'valid' : result.reason;
};

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const request = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
  key,
  endpoint: fc.constantFrom(base.endpoint, 'http://127.0.0.1:9000', 'https://s3.internal:8443/base'),
  region: fc.constantFrom('us-east-1', 'eu-central-1'),
  bucket: fc.constantFrom('user-media', 'a.b.c'),
  expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
  query: fc.dictionary(fc.constantFrom('response-content-type', 'response-cache-control', 'zz'), fc.string()),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'x-amz-meta-a', 'if-none-match'),
    fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/).filter((value) => !value.includes('  ')),
  ),
});

/** A request that the signer's grammar takes. */
function trySign(change: Partial<PresignRequest>) {
  try {
    return signed(change);
  } catch (error) {
    if (error instanceof ValetkeyError) return undefined;
    throw error;
  }
}

test('every URL of our signer is accepted, by code that shares nothing with it', () => {
  let accepted = 0;
  fc.assert(
    fc.property(request, (change) => {
      const made = trySign(change);
      if (made === undefined) return;
      accepted += 1;
      expect(reasonOf(made)).toBe('valid');
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(500);
});

test("URLs of the AWS SDK's presigner are accepted", async () => {
  const client = new S3Client({
    region: 'eu-central-1',
    credentials: keys,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const place = { Bucket: 'user-media', Key: 'grüße/a b+c.txt' };
  const get = await getSignedUrl(client, new GetObjectCommand(place), { expiresIn: 60 });
  expect(reasonOf({ method: 'GET', url: get }, Date.now())).toBe('valid');
  const command = new PutObjectCommand({ ...place, ContentType: 'text/plain' });
  const put = await getSignedUrl(client, command, {
    expiresIn: 60,
    signableHeaders: new Set(['content-type']),
  });
  expect(reasonOf({ method: 'PUT', url: put, headers: { 'content-type': 'text/plain' } }, Date.now())).toBe(
    'valid',
  );
  client.destroy();
});

describe('no other request is accepted', () => {
  const original = signed({
    method: 'PUT',
    headers: { 'content-type': 'text/plain', 'x-amz-meta-a': 'b' },
    query: { zz: 'v' },
  });
  const flip = (text: string, index: number, replacement: string) =>
    text.slice(0, index) + replacement + text.slice(index + 1);
  const printable = fc.stringMatching(/^[!-~]$/);

  test('a byte of the URL changed is refused, unless it is another spelling of the same', () => {
    // What a server decodes to the same request is the same request.
    const meaning = (url: string) => {
      const [, place = '', query = ''] = /^([^?]*)\?(.*)$/s.exec(url) ?? [];
      const host = /^https:\/\/[^/]*/.exec(place)?.[0] ?? '';
      const path = place.slice(host.length);
      return [host.toLowerCase(), ...[path, ...query.split('&')].map(decodeURIComponent)].join('\n');
    };
    fc.assert(
      fc.property(fc.nat(original.url.length - 1), printable, (index, replacement) => {
        const url = flip(original.url, index, replacement);
        const result = reasonOf({ ...original, url });
        if (result !== 'valid') return;
        expect(meaning(url)).toBe(meaning(original.url));
      }),
      {
        numRuns: 4000,
        examples: [
          [original.url.length - 1, '0'],
          [8, 'U'],
        ],
      },
    );
  });

  test('a byte of a signed header, or of the method, changed is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('content-type', 'x-amz-meta-a'),
        fc.nat(9),
        printable,
        (name, position, replacement) => {
          const value = original.headers[name] ?? '';
          const changed = flip(value, position % value.length, replacement);
          fc.pre(changed !== value);
          const headers = { ...original.headers, [name]: changed };
          expect(reasonOf({ ...original, headers })).toBe('signature-mismatch');
        },
      ),
      { numRuns: 500 },
    );
    for (const method of ['GET', 'put', 'POST', 'DELETE', '']) {
      expect(reasonOf({ ...original, method })).toBe('signature-mismatch');
    }
  });

  test.each([
    ['a parameter left out', (url: string) => url.replace('&zz=v', '')],
    ['a parameter added', (url: string) => `${url}&versionId=1`],
    ['a parameter twice', (url: string) => `${url}&zz=v`],
    ['another key', (url: string) => url.replace('/a/b%20c.txt', '/a/b%20d.txt')],
    ['a doubled slash', (url: string) => url.replace('/a/', '/a//')],
    ['another host', (url: string) => url.replace('user-media.', 'other-media.')],
    ['another port', (url: string) => url.replace('amazonaws.com', 'amazonaws.com:444')],
    ['a longer life', (url: string) => url.replace('X-Amz-Expires=600', 'X-Amz-Expires=601')],
    ['another region', (url: string) => url.replaceAll('eu-central-1', 'eu-central-2')],
  ])('%s', (_title, change) => {
    expect(reasonOf({ ...original, url: change(original.url) })).toBe('signature-mismatch');
  });

  test.each([
    ['X-Amz-Signature twice', (url: string) => `${url}&X-Amz-Signature=${'0'.repeat(64)}`],
    ['a parameter in another spelling', (url: string) => url.replace('X-Amz-Date', 'x-amz-date')],
    ['a life of eight days', (url: string) => url.replace('Expires=600', 'Expires=691200')],
    ['a life of 0', (url: string) => url.replace('Expires=600', 'Expires=0')],
    [
      'a date of another day than its scope',
      (url: string) => url.replace('X-Amz-Date=20261124', 'X-Amz-Date=20261125'),
    ],
    ['a day that does not exist', (url: string) => url.replaceAll('20261124', '20260230')],
    ['host not signed', (url: string) => url.replace('content-type%3Bhost%3B', 'content-type%3B')],
    ['a plus sign', (url: string) => url.replace('zz=v', 'zz=v+v')],
    ['a broken percent', (url: string) => url.replace('%20c', '%2')],
    ['a fragment', (url: string) => `${url}#x`],
    ['a user name', (url: string) => url.replace('https://', 'https://user@')],
    ['white space', (url: string) => `${url} `],
    ['no URL', () => 'user-media/a'],
  ])('%s is malformed', (_title, change) => {
    expect(reasonOf({ ...original, url: change(original.url) })).toBe('malformed');
  });

  test('a signed header left out, an x-amz header that is not signed', () => {
    const { 'x-amz-meta-a': _left, ...fewer } = original.headers;
    expect(reasonOf({ ...original, headers: fewer })).toBe('header-missing');
    expect(reasonOf({ ...original, headers: { ...original.headers, 'X-Amz-Acl': 'public-read' } })).toBe(
      'unsigned-amz-header',
    );
  });

  test('a key that nobody knows, and a session with the wrong token or none', () => {
    expect(verify(original, () => undefined, nowMs)).toMatchObject({ reason: 'unknown-access-key' });
    const session = { ...keys, sessionToken: 'token' };
    const url = presign(base, session, { nowMs });
    const asked = { method: 'GET', url: url.reveal() };
    expect(verify(asked, () => session, nowMs)).toMatchObject({ valid: true });
    expect(verify(asked, () => ({ ...session, sessionToken: 'other' }), nowMs)).toMatchObject({
      reason: 'session-token-mismatch',
    });
    expect(verify(asked, () => keys, nowMs)).toMatchObject({ reason: 'session-token-mismatch' });
  });

  test('before its time and after its end, to the second', () => {
    const made = signed();
    expect(reasonOf(made, nowMs + 599_999)).toBe('valid');
    expect(reasonOf(made, nowMs + 600_000)).toBe('expired');
    expect(reasonOf(made, nowMs - 15 * 60_000)).toBe('valid');
    expect(reasonOf(made, nowMs - 15 * 60_000 - 1)).toBe('not-yet-valid');
  });

  test('no refusal shows the signature', () => {
    const signature = new URL(original.url).searchParams.get('X-Amz-Signature') ?? '';
    const results = [original.url.replace('zz=v', 'zz=w'), `${original.url}&X-Amz-Signature=x`].map((url) =>
      JSON.stringify(verify({ ...original, url }, lookup, nowMs)),
    );
    for (const result of results) expect(result).not.toContain(signature);
  });
});
