/** What is shown of secrets: all that helps somebody, and nothing that opens anything. */
import { inspect } from 'node:util';

import { expect, test } from 'vitest';

import { Credentials } from './credentials.ts';
import { postForm } from './post-form.ts';
import { presign } from './presign.ts';
import { redactError } from './redact-error.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
const place = {
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: 'a.txt',
  expiresInSeconds: 600,
};

test('credentials show their name, and give their secrets when asked', () => {
  const credentials = new Credentials({ ...keys, expiresAtMs: 7 });
  expect(String(credentials)).toBe('Credentials(AKIAIOSFODNN7EXAMPLE)');
  expect(inspect(credentials)).toBe('Credentials(AKIAIOSFODNN7EXAMPLE)');
  expect(JSON.stringify(credentials)).toBe('{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}');
  expect([credentials.secretAccessKey, credentials.sessionToken, credentials.expiresAtMs]).toEqual([
    'secret',
    'token',
    7,
  ]);
});

test('a URL shows method, place and end', () => {
  const url = presign({ method: 'PUT', ...place, headers: { 'content-length': '3' } }, keys, { nowMs });
  const shown = 'https://user-media.s3.eu-central-1.amazonaws.com/a.txt?X-Amz-Signature=REDACTED';
  expect(String(url)).toBe(`PUT ${shown} (until 2026-11-24T12:10:00Z)`);
  expect(inspect(url)).toBe(`PresignedUrl(PUT ${shown} (until 2026-11-24T12:10:00Z))`);
  expect(JSON.parse(JSON.stringify(url))).toEqual({
    method: 'PUT',
    url: shown,
    requiredHeaders: { 'content-length': '3' },
    expiresAt: '2026-11-24T12:10:00Z',
    limitedBy: 'asked',
  });
});

test('a form shows place, key and end', () => {
  const form = postForm({ ...place, maxBytes: 9 }, keys, { nowMs });
  const shown =
    'POST https://user-media.s3.eu-central-1.amazonaws.com for a.txt (until 2026-11-24T12:10:00Z)';
  expect(String(form)).toBe(shown);
  expect(inspect(form)).toBe(`SignedPostForm(${shown})`);
  expect(JSON.parse(JSON.stringify(form))).toEqual({
    url: 'https://user-media.s3.eu-central-1.amazonaws.com',
    key: 'a.txt',
    expiresAt: '2026-11-24T12:10:00Z',
    limitedBy: 'asked',
  });
});

test('an error without a stack is told of all the same', () => {
  const error = new Error('X-Amz-Signature=0123456789abcdef');
  delete error.stack;
  expect(redactError(error)).toEqual({
    type: 'Error',
    message: expect.not.stringContaining('0123456789abcdef'),
    stack: '',
  });
});

test.each<readonly [object, string, string]>([
  [{ region: '' }, 'invalid-configuration', 'region'],
  [{ bucket: '..' }, 'invalid-bucket', 'bucket'],
  [{ key: '' }, 'invalid-key', 'key'],
  [{ key: 'a/${filename}' }, 'invalid-key', 'key'],
  [{ endpoint: 'x' }, 'invalid-configuration', 'endpoint'],
  [{ expiresInSeconds: 0 }, 'invalid-lifetime', 'expiresInSeconds'],
  [{ metadata: { A: '' } }, 'invalid-metadata', 'metadata'],
])('a form of %j is refused, and so would be a URL: %s of %s', (change, code, field) => {
  const refusal = expect.objectContaining({ code, field: expect.stringContaining(field) });
  expect(() => postForm({ ...place, maxBytes: 9, ...change }, keys, { nowMs })).toThrow(refusal);
  if ('metadata' in change || field === 'key') return;
  expect(() => presign({ method: 'GET', ...place, ...change }, keys, { nowMs })).toThrow(refusal);
});

test('a form is signed with keys that can sign only', () => {
  expect(() => postForm({ ...place, maxBytes: 9 }, { ...keys, secretAccessKey: '' }, { nowMs })).toThrow(
    expect.objectContaining({ code: 'credentials-unavailable', field: 'secretAccessKey' }),
  );
});

test.each(['x-amz-security-token', 'x-amz-server-side-encryption-customer-key', 'te', 'upgrade', 'expect'])(
  'the header %s is never signed, for it would have to be shown',
  (name) => {
    expect(() => presign({ method: 'PUT', ...place, headers: { [name]: 'x' } }, keys, { nowMs })).toThrow(
      expect.objectContaining({ code: 'invalid-metadata', field: 'headers' }),
    );
  },
);
