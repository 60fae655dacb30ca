/// <reference types="node" />
/** What a signed `versionId` pins, on a store that keeps versions. */
import { randomUUID } from 'node:crypto';

import { PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { createBucket, requireEngine } from '@valetkey/testbed';
import { beforeAll, expect, inject, test } from 'vitest';

import { defineStore, ownerGrant, presign, type OwnerRequest } from '../src/index.ts';

const engine = requireEngine(inject('engines'), 'seaweedfs');
const bucket = `versions-${randomUUID()}`;
const store = defineStore({
  name: 'it',
  profile: 'seaweedfs',
  endpoint: engine.endpoint,
  region: engine.region,
});

async function send(change: Partial<OwnerRequest>, body?: string) {
  const asked = { method: 'GET', bucket, key: 'a.txt', lifetimeSeconds: 60, ...change } as const;
  const url = presign(ownerGrant(asked, store), engine, { store, nowMs: Date.now() }).reveal();
  const response = await fetch(url, { method: asked.method, ...(body === undefined ? {} : { body }) });
  const versionId = response.headers.get('x-amz-version-id') ?? '';
  return { status: response.status, text: await response.text(), versionId, headers: response.headers };
}

beforeAll(async () => {
  await createBucket(engine, bucket);
  const client = new S3Client({
    endpoint: engine.endpoint,
    region: engine.region,
    forcePathStyle: true,
    credentials: { accessKeyId: engine.accessKeyId, secretAccessKey: engine.secretAccessKey },
  });
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  client.destroy();
});

test('GET, HEAD and DELETE with a version reach that version and no other', async () => {
  const { versionId: first } = await send({ method: 'PUT' }, 'one');
  const { versionId: second } = await send({ method: 'PUT' }, 'second');
  expect(new Set([first, second, '']).size).toBe(3);
  expect((await send({})).text).toBe('second');
  expect((await send({ versionId: first })).text).toBe('one');
  expect((await send({ method: 'HEAD', versionId: first })).headers.get('content-length')).toBe('3');
  expect((await send({ method: 'DELETE', versionId: first })).status).toBe(204);
  expect((await send({ versionId: first })).status).toBe(404);
  expect((await send({})).text).toBe('second');
  expect(store.profile.versions).toBe(true);
});
