/// <reference types="node" />
import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';

import { expect, test } from 'vitest';

import { postForm, type PostFormRequest } from './post-form.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret' };
const request: PostFormRequest = {
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'user-media',
  key: 'in/grüße.png',
  contentType: 'image/png',
  metadata: { caption: 'Grüße 🎉' },
  maxBytes: 100,
  expiresInSeconds: 600,
};
const make = (change: object = {}, keys: object = {}) =>
  postForm({ ...request, ...change }, { ...credentials, ...keys }, { nowMs });

test('the policy names bucket, key, size range and every field but itself, until the end', () => {
  const form = make();
  expect([form.url, form.expiresAt]).toEqual([
    'https://user-media.s3.eu-central-1.amazonaws.com',
    '2026-11-24T12:10:00Z',
  ]);
  const { policy = '', 'x-amz-signature': signature, ...fields } = form.reveal();
  expect(JSON.parse(Buffer.from(policy, 'base64').toString('utf8'))).toEqual({
    expiration: '2026-11-24T12:10:00Z',
    conditions: [
      { bucket: 'user-media' },
      ['content-length-range', 0, 100],
      { key: 'in/grüße.png' },
      { 'Content-Type': 'image/png' },
      { 'x-amz-meta-caption': 'Grüße 🎉' },
      { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' },
      { 'x-amz-credential': 'AKIAIOSFODNN7EXAMPLE/20261124/eu-central-1/s3/aws4_request' },
      { 'x-amz-date': '20261124T120000Z' },
    ],
  });
  expect(Object.keys(fields)).toEqual([
    'key',
    'Content-Type',
    'x-amz-meta-caption',
    'x-amz-algorithm',
    'x-amz-credential',
    'x-amz-date',
  ]);
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const key = ['20261124', 'eu-central-1', 's3', 'aws4_request'].reduce(
    hmac,
    Buffer.from('AWS4canary-secret'),
  );
  expect(signature).toBe(hmac(key, policy).toString('hex'));
});

test('every term is a condition, and a type may be bound by its beginning', () => {
  const form = make({
    contentType: { startsWith: 'image/' },
    cacheControl: 'no-store',
    contentDisposition: 'inline',
    successStatus: 201,
  });
  const { policy = '', ...fields } = form.reveal();
  const { conditions } = JSON.parse(Buffer.from(policy, 'base64').toString('utf8'));
  expect(conditions).toEqual(
    expect.arrayContaining([
      ['starts-with', '$Content-Type', 'image/'],
      { 'Cache-Control': 'no-store' },
      { 'Content-Disposition': 'inline' },
      { success_action_status: '201' },
    ]),
  );
  expect(fields).toMatchObject({ 'Cache-Control': 'no-store', success_action_status: '201' });
  expect(fields).not.toHaveProperty('Content-Type');
});

test('a session token is a field and a condition, and its end bounds the form', () => {
  const form = make({}, { sessionToken: 'token', expiresAtMs: nowMs + 300_000 });
  expect(form.reveal()).toMatchObject({ 'x-amz-security-token': 'token' });
  expect([form.expiresAt, form.limitedBy]).toEqual(['2026-11-24T12:04:00Z', 'credentials']);
});

test('path addressing keeps port and base path', () => {
  expect(make({ endpoint: 'http://127.0.0.1:9000/s3', addressing: 'path' }).url).toBe(
    'http://127.0.0.1:9000/s3/user-media',
  );
});

test.each([
  ['no upper bound', { maxBytes: Number.NaN }, 'size-not-bounded'],
  ['bounds the wrong way round', { minBytes: 101 }, 'size-not-bounded'],
  ['a size over what one request takes', { maxBytes: 5 * 1024 ** 3 + 1 }, 'size-not-bounded'],
  ['an empty key', { key: '' }, 'invalid-key'],
  ['a dot segment', { key: 'a/../b' }, 'invalid-key'],
  ['a lifetime of 0', { expiresInSeconds: 0 }, 'invalid-lifetime'],
  ['a key that the store would rewrite', { key: 'in/${filename}' }, 'invalid-key'],
  ['a status that is none', { successStatus: 302 }, 'invalid-metadata'],
  ['a disposition with a line break', { contentDisposition: 'a\nb' }, 'invalid-metadata'],
  ['an empty beginning of a type', { contentType: { startsWith: '' } }, 'invalid-metadata'],
  ['a type with a line break', { contentType: 'a/b\r\nx: y' }, 'invalid-metadata'],
  ['an unknown field', { acl: 'public-read' }, 'unknown-field'],
])('%s is refused', (_title, change, code) => {
  expect(() => make(change)).toThrow(expect.objectContaining({ code }));
});

test('nothing of the signature shows by accident', () => {
  const form = make({}, { sessionToken: 'canary-token' });
  const shown = [
    String(form),
    `${String(form)}!`,
    JSON.stringify(form),
    inspect(form, { depth: 9, showHidden: true }),
  ].join('\n');
  const { policy = '', 'x-amz-signature': signature = '' } = form.reveal();
  for (const secret of [policy, signature, 'canary-secret', 'canary-token'])
    expect(shown).not.toContain(secret);
});
