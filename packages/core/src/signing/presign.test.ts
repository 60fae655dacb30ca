/// <reference types="node" />
import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { Credentials } from './credentials.ts';
import { presign, type PresignRequest } from './presign.ts';
import { redact } from '../grammar/redact.ts';

const nowMs = Date.parse('2026-11-23T20:56:48.750Z');
const secrets = { secretAccessKey: 'secret/KEY+material', sessionToken: 'token/MATERIAL==' };
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', ...secrets };
const aRequest = (change: Partial<PresignRequest> = {}): PresignRequest => ({
  method: 'GET',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'models',
  key: 'vision/v3/weights.bin',
  expiresInSeconds: 3600,
  ...change,
});
const sign = (change: Partial<PresignRequest> = {}) => presign(aRequest(change), keys, { nowMs });

describe('a presigned URL', () => {
  test('names a version where one is pinned, and none otherwise', () => {
    const versionOf = (url: string) => new URL(url).searchParams.getAll('versionId');
    expect(versionOf(sign({ versionId: 'a/b+1' }).reveal())).toEqual(['a/b+1']);
    expect(versionOf(sign().reveal())).toEqual([]);
    expect(sign().reveal()).not.toContain('versionId');
  });

  test('is shown nowhere but by reveal', () => {
    const url = sign();
    const revealed = url.reveal();
    const signature = /X-Amz-Signature=([0-9a-f]{64})/.exec(revealed)?.[1] ?? '';
    expect(signature).toHaveLength(64);
    const shown = [
      String(url),
      JSON.stringify({ url }),
      inspect(url, { depth: 9, showHidden: true }),
      JSON.stringify({ ...url }),
      inspect({ ...url }),
      String(new Error(`failed for ${String(url)}`)),
    ];
    for (const text of shown) {
      expect(text).not.toContain(signature);
      expect(text).not.toContain('MATERIAL');
      expect(text).not.toContain('AKIAIOSFODNN7EXAMPLE');
    }
    expect(String(url)).toContain('models.s3.eu-central-1.amazonaws.com/vision/v3/weights.bin');
    expect(String(url)).toContain('2026-11-23T21:56:48Z');
  });

  test('ends in the whole second that its query says', () => {
    const url = sign({ expiresInSeconds: 60 });
    const query = new URL(url.reveal()).searchParams;
    expect([query.get('X-Amz-Date'), query.get('X-Amz-Expires'), url.expiresAt]).toEqual([
      '20261123T205648Z',
      '60',
      '2026-11-23T20:57:48Z',
    ]);
  });

  test('ends no later when it is dated back', () => {
    const url = presign(aRequest({ expiresInSeconds: 60 }), keys, { nowMs, backdateSeconds: 30 });
    const query = new URL(url.reveal()).searchParams;
    expect([query.get('X-Amz-Date'), query.get('X-Amz-Expires'), url.expiresAt]).toEqual([
      '20261123T205618Z',
      '90',
      '2026-11-23T20:57:48Z',
    ]);
    expect(() => presign(aRequest(), keys, { nowMs, backdateSeconds: 61 })).toThrow('from 0 to 60');
    expect(() => presign(aRequest(), keys, { nowMs, backdateSeconds: -1 })).toThrow('from 0 to 60');
  });

  test('lists the headers that must be sent', () => {
    const headers = { 'content-type': 'image/png', 'content-length': '7' };
    const url = sign({ method: 'PUT', headers });
    expect(url.requiredHeaders).toEqual(headers);
    expect(new URL(url.reveal()).searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host',
    );
  });
});

describe('the lifetime', () => {
  test('ends a minute before the credentials do, and says so', () => {
    const url = presign(aRequest(), { ...keys, expiresAtMs: nowMs + 600_000 }, { nowMs });
    expect([url.limitedBy, url.expiresAt]).toEqual(['credentials', '2026-11-23T21:05:48Z']);
    expect(sign().limitedBy).toBe('asked');
  });

  test.each([0, 30_000, 60_000, -1])('is refused when the credentials end in %d ms', (leftMs) => {
    expect(() => presign(aRequest(), { ...keys, expiresAtMs: nowMs + leftMs }, { nowMs })).toThrow(
      expect.objectContaining({ code: 'credentials-expired' }),
    );
  });
});

describe('bad input', () => {
  test.each([
    [{ key: '' }, 'invalid-key'],
    [{ key: 'a/../b' }, 'invalid-key'],
    [{ bucket: '..' }, 'invalid-bucket'],
    [{ expiresInSeconds: 0 }, 'invalid-lifetime'],
    [{ expiresInSeconds: -1 }, 'invalid-lifetime'],
    [{ expiresInSeconds: Number.NaN }, 'invalid-lifetime'],
    [{ expiresInSeconds: 604_801 }, 'invalid-lifetime'],
    [{ method: 'POST' }, 'method-not-allowed'],
    [{ region: 'eu/../x' }, 'invalid-configuration'],
    [{ endpoint: 'https://u:p@h' }, 'invalid-configuration'],
    [{ expires: 60 }, 'unknown-field'],
    [{ query: { 'X-Amz-Expires': '9' } }, 'unknown-field'],
    [{ headers: { Host: 'evil' } }, 'invalid-metadata'],
    [{ headers: { 'x-amz-meta-a': 'x\r\nhost: evil' } }, 'invalid-metadata'],
    [{ versionId: '' }, 'version-required'],
    [{ endpoint: 'http://[::1]:9000', addressing: 'virtual' }, 'invalid-configuration'],
    [{ endpoint: 'https://s3-accelerate.amazonaws.com', addressing: 'path' }, 'invalid-configuration'],
    [{ endpoint: 'https://s3-accelerate.amazonaws.com', bucket: 'a.dotted.bucket' }, 'invalid-bucket'],
    [{ endpoint: 'http://[::1::2]' }, 'invalid-configuration'],
  ])('%j is refused with %s', (change, code) => {
    expect(() => sign(change as Partial<PresignRequest>)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    [{ accessKeyId: '' }],
    [{ accessKeyId: 'AK IA' }],
    [{ secretAccessKey: '' }],
    [{ secretAccessKey: 'secret\n' }],
    [{ sessionToken: '' }],
  ])('credentials %j are refused without showing them', (change) => {
    expect(() => presign(aRequest(), { ...keys, ...change }, { nowMs })).toThrow(
      expect.objectContaining({
        code: 'credentials-unavailable',
        message: expect.not.stringContaining('secret\n'),
      }),
    );
  });
});

test('a rotated secret under the same access key signs anew', () => {
  const first = presign(aRequest(), { accessKeyId: 'AKIA', secretAccessKey: 'one' }, { nowMs }).reveal();
  const second = presign(aRequest(), { accessKeyId: 'AKIA', secretAccessKey: 'two' }, { nowMs }).reveal();
  const again = presign(aRequest(), { accessKeyId: 'AKIA', secretAccessKey: 'one' }, { nowMs }).reveal();
  expect(second).not.toBe(first);
  expect(again).toBe(first);
});

test('credentials show their secrets to nobody who prints them', () => {
  const credentials = new Credentials(keys);
  const shown = [
    String(credentials),
    JSON.stringify(credentials),
    inspect(credentials, { showHidden: true }),
    JSON.stringify({ ...credentials }),
  ];
  for (const text of shown) expect(text).not.toMatch(/secret|MATERIAL/);
  expect(credentials.secretAccessKey).toBe(secrets.secretAccessKey);
});

test('redact removes what is secret from URLs inside any text', () => {
  const url = sign().reveal();
  for (const text of [`failed: "${url}" twice ${url}`, encodeURIComponent(url), JSON.stringify({ url })]) {
    expect(redact(text)).not.toMatch(/[0-9a-f]{64}|MATERIAL|AKIAIOSFODNN7EXAMPLE/);
  }
  expect(redact('nothing to hide')).toBe('nothing to hide');
});
