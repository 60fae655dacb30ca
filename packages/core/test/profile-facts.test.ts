/// <reference types="node" />
/** What the profile of SeaweedFS says, asked of the real one. */
import { createHash, randomUUID } from 'node:crypto';

import { createBucket, requireEngine } from '@valetkey/testbed';
import { beforeAll, expect, inject, test } from 'vitest';

import { defineStore, ownerGrant, presign, type ChecksumAlgorithm, type OwnerRequest } from '../src/index.ts';

const engine = requireEngine(inject('engines'), 'seaweedfs');
const bucket = `facts-${randomUUID()}`;
const store = defineStore({
  name: 'it',
  profile: 'seaweedfs',
  endpoint: engine.endpoint,
  region: engine.region,
});

async function send(change: Partial<OwnerRequest>, body?: string) {
  const asked = { method: 'GET', bucket, key: 'a.txt', lifetimeSeconds: 60, ...change } as const;
  const url = presign(ownerGrant(asked, store), engine, { store, nowMs: Date.now() });
  const { 'content-length': _byFetch, ...headers } = url.requiredHeaders;
  const init = body === undefined ? {} : { body };
  const response = await fetch(url.reveal(), { method: asked.method, headers, ...init });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

beforeAll(() => createBucket(engine, bucket));

test('conditional writes are honoured as the profile says', async () => {
  const upload = { ifNoneMatch: '*' } as const;
  const first = await send({ method: 'PUT', key: 'once', upload }, 'first');
  const second = await send({ method: 'PUT', key: 'once', upload }, 'second');
  expect([first.status, second.status]).toEqual([200, 412]);
  expect((await send({ key: 'once' })).text).toBe('first');
  expect(store.profile.conditionalWrites).toBe(true);
});

test('a PUT that replaces what somebody else has stored meanwhile is refused', async () => {
  const { headers } = await send({ method: 'PUT', key: 'replaced' }, 'first');
  const ifMatch = headers.get('etag') ?? '';
  expect((await send({ method: 'PUT', key: 'replaced', upload: { ifMatch } }, 'second')).status).toBe(200);
  expect((await send({ method: 'PUT', key: 'replaced', upload: { ifMatch } }, 'third')).status).toBe(412);
  expect((await send({ key: 'replaced' })).text).toBe('second');
});

test('a body of another length than was signed is refused as the profile says', async () => {
  const upload = { contentLength: 3 };
  expect((await send({ method: 'PUT', upload }, 'four')).status).toBe(403);
  expect((await send({ method: 'PUT', upload }, 'abc')).status).toBe(200);
  expect(store.profile.signedContentLength).toBe(true);
});

test('doubled slashes collapse as the profile says', async () => {
  await send({ method: 'PUT', key: 'folder/a' }, 'single');
  const raw = { ...store, profile: { ...store.profile, slashes: 'exact' } } as const;
  const grant = ownerGrant({ method: 'GET', bucket, key: 'folder//a', lifetimeSeconds: 60 }, raw);
  const response = await fetch(presign(grant, engine, { store: raw, nowMs: Date.now() }).reveal());
  expect([response.status, await response.text()]).toEqual([200, 'single']);
  expect(store.profile.slashes).toBe('collapsed');
});

// The check values of the CRC catalogue are those of these nine digits.
const checked = '123456789';
const right = {
  CRC32: Buffer.from('cbf43926', 'hex').toString('base64'),
  CRC32C: Buffer.from('e3069283', 'hex').toString('base64'),
  CRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  SHA1: createHash('sha1').update(checked).digest('base64'),
  SHA256: createHash('sha256').update(checked).digest('base64'),
} as const satisfies Record<ChecksumAlgorithm, string>;

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  '%s is verified on arrival as the profile says',
  async (algorithm) => {
    const upload = { checksum: { algorithm, value: right[algorithm] } };
    const put = (body: string) => send({ method: 'PUT', key: algorithm, upload }, body);
    expect((await put(checked)).status).toBe(200);
    expect((await put('123456780')).status).toBe(400);
    expect((await send({ key: algorithm })).text).toBe(checked);
    expect(store.profile.checksums).toContain(algorithm);
  },
);

test('the headers that an owner signs are stored', async () => {
  const upload = {
    contentType: 'text/csv',
    cacheControl: 'public, max-age=60',
    contentDisposition: 'attachment; filename="a b.csv"',
    contentLanguage: 'de',
    tagging: { team: 'a b' },
  };
  expect((await send({ method: 'PUT', key: 'stored', upload }, 'a;b')).status).toBe(200);
  const { headers } = await send({ key: 'stored' });
  expect({
    type: headers.get('content-type'),
    cache: headers.get('cache-control'),
    disposition: headers.get('content-disposition'),
    language: headers.get('content-language'),
    tags: headers.get('x-amz-tagging-count'),
  }).toEqual({
    type: 'text/csv',
    cache: 'public, max-age=60',
    disposition: 'attachment; filename="a b.csv"',
    language: 'de',
    tags: '1',
  });
});
