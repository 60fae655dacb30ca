/** Every byte of a signed request, changed one after the other: nothing else than what was signed is accepted. */
import { describe, expect, test } from 'vitest';

import { presign, type PresignRequest } from '../signing/presign.ts';
import { verify, type RequestToVerify } from './verify.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const keys = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEXAMPLETOKEN/+==',
};
const request: PresignRequest = {
  method: 'PUT',
  endpoint: 'https://s3.eu-central-1.amazonaws.com:8443',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: "reports/2026 Q3/grüße+1%'(a).pdf",
  expiresInSeconds: 600,
  versionId: '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY',
  headers: {
    'content-type': 'application/pdf',
    'content-length': '1024',
    'if-none-match': '*',
    'x-amz-meta-caption': 'a b',
  },
  query: { partNumber: '3', uploadId: 'VXBsb2FkSWQ', 'response-content-type': 'text/plain', empty: '' },
};
const url = presign(request, keys, { nowMs });
const original = { method: url.method, url: url.reveal(), headers: url.requiredHeaders };
const reasonOf = (asked: RequestToVerify, known: typeof keys | undefined = keys, atMs = nowMs) => {
  const result = verify(asked, () => known, atMs);
  return result.valid ? 'valid' : result.reason;
};

/** Each text with one byte replaced, dropped or doubled. */
function* oneByteChanges(text: string): Generator<string> {
  for (let index = 0; index < text.length; index += 1) {
    const [before, after] = [text.slice(0, index), text.slice(index + 1)];
    const byte = text.charCodeAt(index);
    for (const bit of [1, 2, 4, 8, 16, 32, 64]) yield before + String.fromCharCode(byte ^ bit) + after;
    yield before + after;
    yield `${before}${text[index] ?? ''}${text.slice(index)}`;
  }
}

/** What a server reads: two spellings of one request are one request. */
function meaningOf(text: string): string {
  const [, place = '', query = ''] = /^([^?]*)\?(.*)$/s.exec(text) ?? [];
  const [, host = '', path = ''] = /^https?:\/\/([^/]*)(.*)$/s.exec(place) ?? [];
  const pairs = query.split('&').map((pair) => {
    const equals = pair.includes('=') ? pair.indexOf('=') : pair.length;
    return [pair.slice(0, equals), pair.slice(equals + 1)].map(decodeURIComponent).join('=');
  });
  return [host.toLowerCase(), decodeURIComponent(path), ...pairs.toSorted()].join('\n');
}

const [place = '', query = ''] = original.url.split('?');
const host = new URL(original.url).host;
const inUrl: readonly (readonly [component: string, text: string])[] = [
  ['host', host],
  ['path', place.slice(place.indexOf(host) + host.length)],
  ...query.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair] as const),
];

test('the request itself is accepted, and it has all components', () => {
  expect(reasonOf(original)).toBe('valid');
  expect(inUrl.map(([component]) => component)).toEqual([
    'host',
    'path',
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-Security-Token',
    'X-Amz-SignedHeaders',
    'empty',
    'partNumber',
    'response-content-type',
    'uploadId',
    'versionId',
    'X-Amz-Signature',
  ]);
});

describe('no byte may be changed', () => {
  test.each(inUrl)('of %s in the URL', (_component, text) => {
    const at = original.url.indexOf(text);
    let refused = 0;
    for (const changed of oneByteChanges(text)) {
      const altered = original.url.slice(0, at) + changed + original.url.slice(at + text.length);
      if (reasonOf({ ...original, url: altered }) === 'valid') {
        expect(meaningOf(altered)).toBe(meaningOf(original.url));
      } else refused += 1;
    }
    expect(refused).toBeGreaterThan(text.length * 6);
  });

  test.each(Object.entries(original.headers))('of the signed header %s', (name, value) => {
    for (const changed of oneByteChanges(value)) {
      const headers = { ...original.headers, [name]: changed };
      // Spaces around a value and runs of them inside are one spelling of the same.
      const isSame = changed.trim().replaceAll(/ +/g, ' ') === value;
      expect(reasonOf({ ...original, headers }) === 'valid').toBe(isSame);
    }
    for (const changed of oneByteChanges(name)) {
      const { [name]: kept = '', ...others } = original.headers;
      const isSame = changed.toLowerCase() === name;
      expect(reasonOf({ ...original, headers: { ...others, [changed]: kept } }) === 'valid').toBe(isSame);
    }
  });

  test('of the method', () => {
    for (const changed of oneByteChanges('PUT')) {
      expect(reasonOf({ ...original, method: changed })).toBe('signature-mismatch');
    }
  });

  test("of the owner's token and secret", () => {
    for (const sessionToken of oneByteChanges(keys.sessionToken)) {
      expect(reasonOf(original, { ...keys, sessionToken })).toBe('session-token-mismatch');
    }
    for (const secretAccessKey of oneByteChanges(keys.secretAccessKey)) {
      expect(reasonOf(original, { ...keys, secretAccessKey })).toBe('signature-mismatch');
    }
  });
});

describe('one request has one reading', () => {
  const withHeaders = (headers: Readonly<Record<string, string>>) =>
    reasonOf({ ...original, headers: { ...original.headers, ...headers } });

  test.each([
    ['a header in capitals', { 'CONTENT-TYPE': 'application/pdf', 'content-type': undefined }, 'valid'],
    ['spaces around a value', { 'content-type': '  application/pdf ' }, 'valid'],
    ['spaces inside a value, folded', { 'x-amz-meta-caption': 'a    b' }, 'valid'],
    ['a tab inside a value', { 'x-amz-meta-caption': 'a\tb' }, 'signature-mismatch'],
    ['a value on two lines', { 'x-amz-meta-caption': 'a\r\n b' }, 'malformed'],
    [
      'a second header in the value',
      { 'content-type': 'application/pdf\r\nx-amz-acl: public-read' },
      'malformed',
    ],
    ['a header in two spellings', { 'Content-Type': 'text/html' }, 'malformed'],
    ['a header that nobody signed', { 'accept-language': 'de' }, 'valid'],
    ['an x-amz header that nobody signed', { 'x-amz-acl': 'public-read' }, 'unsigned-amz-header'],
  ])('%s', (_title, change, reason) => {
    const merged = Object.entries({ ...original.headers, ...change });
    const headers = Object.fromEntries(
      merged.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    expect(reasonOf({ ...original, headers })).toBe(reason);
    expect(withHeaders({})).toBe('valid');
  });

  test.each([
    ['%20 as +', (text: string) => text.replace('2026%20Q3', '2026+Q3'), 'malformed'],
    ['%2B as +', (text: string) => text.replace('%2B1', '+1'), 'malformed'],
    ['a query parameter twice', (text: string) => `${text}&partNumber=3`, 'signature-mismatch'],
    [
      'a query parameter twice, the other value first',
      (text: string) => text.replace('?', '?partNumber=4&'),
      'signature-mismatch',
    ],
    ['a signature parameter twice', (text: string) => `${text}&X-Amz-Expires=600`, 'malformed'],
    ['a token twice', (text: string) => `${text}&X-Amz-Security-Token=x`, 'malformed'],
    ['an empty parameter without its =', (text: string) => text.replace('&empty=&', '&empty&'), 'valid'],
    ['hexadecimal digits in lower case', (text: string) => text.replace('%2B1', '%2b1'), 'valid'],
    [
      'parameters in another order',
      (text: string) => text.replace('&empty=', '').replace('?', '?empty=&'),
      'valid',
    ],
    ['an encoded slash', (text: string) => text.replace('reports/', 'reports%2F'), 'valid'],
    ['dot segments', (text: string) => text.replace('reports/', 'x/../reports/'), 'signature-mismatch'],
    ['the host in capitals', (text: string) => text.replace('user-media', 'USER-MEDIA'), 'valid'],
  ])('%s', (_title, change, reason) => {
    const changed = change(original.url);
    expect(changed).not.toBe(original.url);
    expect(reasonOf({ ...original, url: changed })).toBe(reason);
  });

  test.each([
    ['at the instant it was signed', nowMs, 'valid'],
    ['a millisecond before it ends', nowMs + 599_999, 'valid'],
    ['at the instant it ends', nowMs + 600_000, 'expired'],
    ['15 minutes before it was signed', nowMs - 900_000, 'valid'],
    ['a millisecond earlier still', nowMs - 900_001, 'not-yet-valid'],
    ['by a clock that is broken', Number.NaN, 'not-yet-valid'],
    ['at the end of all time', Number.POSITIVE_INFINITY, 'expired'],
  ])('%s it is %s', (_title, atMs, reason) => {
    expect(reasonOf(original, keys, atMs)).toBe(reason);
  });

  test('an owner without a secret owns nothing: anybody can sign with an empty one', () => {
    const empty = { ...keys, secretAccessKey: '' };
    expect(reasonOf(original, empty)).toBe('unknown-access-key');
  });
});
