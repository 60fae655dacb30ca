import { expect, test } from 'vitest';

import type { OwnerUploadTerms } from '../grammar/object-terms.ts';
import { defineStore } from '../store/define-store.ts';
import { ownerGrant } from './owner-grant.ts';
import { presign } from './presign.ts';

const store = defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
const checksum = { algorithm: 'CRC32C', value: 'y/Z+0g==' } as const;
const put = (upload: OwnerUploadTerms) => {
  const grant = ownerGrant(
    { method: 'PUT', bucket: 'media', key: 'a.bin', lifetimeSeconds: 60, upload },
    store,
  );
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  return presign(grant, credentials, { store, nowMs: 1_795_000_000_000 });
};

test.each<[OwnerUploadTerms, Readonly<Record<string, string>>]>([
  [{}, {}],
  [{ contentLength: 0 }, { 'content-length': '0' }],
  [
    {
      cacheControl: 'no-store',
      contentDisposition: 'inline',
      contentEncoding: 'gzip',
      contentLanguage: 'de',
    },
    {
      'cache-control': 'no-store',
      'content-disposition': 'inline',
      'content-encoding': 'gzip',
      'content-language': 'de',
    },
  ],
  [{ ifMatch: '"abc"' }, { 'if-match': '"abc"' }],
  [{ serverSideEncryption: { algorithm: 'AES256' } }, { 'x-amz-server-side-encryption': 'AES256' }],
  [
    { serverSideEncryption: { algorithm: 'aws:kms', keyId: 'alias/media', bucketKeyEnabled: false } },
    {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/media',
      'x-amz-server-side-encryption-bucket-key-enabled': 'false',
    },
  ],
  [
    { tagging: { team: 'a b', 'cost/center': 'é=1' } },
    { 'x-amz-tagging': 'team=a%20b&cost%2Fcenter=%C3%A9%3D1' },
  ],
  [
    { checksum, objectLock: { retention: { mode: 'GOVERNANCE', retainUntil: '2027-01-31T01:00:00+01:00' } } },
    {
      'x-amz-checksum-crc32c': 'y/Z+0g==',
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': '2027-01-31T00:00:00Z',
    },
  ],
  [
    { checksum, objectLock: { legalHold: true } },
    { 'x-amz-checksum-crc32c': 'y/Z+0g==', 'x-amz-object-lock-legal-hold': 'ON' },
  ],
  [{ expectedBucketOwner: '111122223333' }, { 'x-amz-expected-bucket-owner': '111122223333' }],
])('%j must be sent as exactly what was signed', (upload, headers) => {
  const url = put(upload);
  expect(url.requiredHeaders).toEqual(headers);
  const signed = new URL(url.reveal()).searchParams.get('X-Amz-SignedHeaders');
  expect(signed).toBe([...Object.keys(headers), 'host'].sort().join(';'));
});

test('no checksum of an absent body is ever signed', () => {
  expect(put({ contentType: 'text/plain' }).reveal()).not.toMatch(/checksum|content-sha256/i);
});

test.each<[OwnerUploadTerms, string]>([
  [{ tagging: {} }, 'invalid-metadata'],
  [
    { tagging: Object.fromEntries(Array.from({ length: 11 }, (_, tag) => [`t${tag}`, ''])) },
    'invalid-metadata',
  ],
  [{ tagging: { 'a&b': 'c' } }, 'invalid-metadata'],
  [{ tagging: { a: 'x'.repeat(257) } }, 'invalid-metadata'],
  [{ objectLock: { legalHold: true } }, 'checksum-required'],
  [
    { checksum, objectLock: { retention: { mode: 'COMPLIANCE', retainUntil: '2027-02-30T00:00:00Z' } } },
    'invalid-configuration',
  ],
  [{ expectedBucketOwner: '1111' }, 'invalid-metadata'],
  [{ cacheControl: 'a\r\nhost: evil' }, 'invalid-metadata'],
  [{ ifMatch: '' }, 'invalid-metadata'],
])('%j is refused with %s', (upload, code) => {
  expect(() => put(upload)).toThrow(expect.objectContaining({ code }));
});

test('all six headers of an answer are signed in the query', () => {
  const response = {
    contentType: 'text/csv',
    contentDisposition: 'attachment',
    cacheControl: 'no-store',
    contentEncoding: 'gzip',
    contentLanguage: 'de',
    expires: 'Wed, 25 Nov 2026 18:00:00 GMT',
  };
  const grant = ownerGrant(
    { method: 'GET', bucket: 'media', key: 'a.bin', lifetimeSeconds: 60, response },
    store,
  );
  expect(grant.query).toEqual({
    'response-content-type': 'text/csv',
    'response-content-disposition': 'attachment',
    'response-cache-control': 'no-store',
    'response-content-encoding': 'gzip',
    'response-content-language': 'de',
    'response-expires': 'Wed, 25 Nov 2026 18:00:00 GMT',
  });
});
