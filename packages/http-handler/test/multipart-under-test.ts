/** Uploads in parts, as callers make them and as the store itself sees them. */
import { createHash, randomBytes } from 'node:crypto';

import {
  Credentials,
  defineStore,
  ownerGrant,
  parseBucket,
  presign,
  presignPart,
  presignServiceCall,
  systemClock,
} from '@valetkey/core';
import { expect } from 'vitest';

import { follow, type Json, type serviceUnderTest } from './service-under-test.ts';

export const partBytes = 5 * 2 ** 20;
export const bytes = 2 * partBytes + 1000;
export const content = randomBytes(bytes);

export const big = {
  name: 'big',
  subjects: [{ kind: 'user' }],
  actions: ['upload'],
  keys: ['big/{sub}/{uuid}/{name}'],
  upload: {
    maxSize: '1Ti',
    contentTypes: ['application/zip'],
    metadata: ['caption'],
    multipartThreshold: '5Mi',
    partSize: '5Mi',
  },
};
type Under = Awaited<ReturnType<typeof serviceUnderTest>>;

const file = (overrides: Json = {}): Json => ({
  ref: 'a',
  nonce: 'nonce-nonce-1',
  name: 'backup.zip',
  bytes,
  type: 'application/zip',
  ...overrides,
});

export async function begin(under: Under, overrides: Json = {}, who = 'ann'): Promise<Json> {
  const { policy = 'big', ...rest } = overrides;
  const { body } = await under.post('/v1/uploads', { policy, files: [file(rest)] }, who);
  return body.uploads[0];
}

export async function ask(under: Under, route: string, item: Json, who = 'ann'): Promise<Json> {
  const { body } = await under.post(`/v1/uploads/${route}`, { items: [item] }, who);
  return body.items?.[0] ?? body;
}

/** Sends the parts of a begun upload and returns their ETags. */
export async function send(parts: readonly Json[], from: Uint8Array = content): Promise<string[]> {
  return Promise.all(
    parts.map(async (part) => {
      const offset = (part.partNumber - 1) * partBytes;
      const response = await follow(part, from.subarray(offset, offset + part.bytes));
      expect(response.status).toBe(200);
      return response.headers.get('etag') ?? '';
    }),
  );
}

/** What the store itself says, asked with its own credentials. */
export function storeOf({ s3, bucket }: Under) {
  const store = defineStore({
    name: 's',
    profile: 's3',
    endpoint: s3.endpoint,
    region: s3.region,
    addressing: 'path',
  });
  const keys = new Credentials(s3);
  return {
    openUploads: async (prefix: string) => {
      const call = { kind: 'list-uploads', bucket: parseBucket(bucket, 'bucket'), prefix } as const;
      const response = await fetch(
        presignServiceCall(call, keys, { store, nowMs: systemClock.now() }).reveal(),
      );
      return [...(await response.text()).matchAll(/<UploadId>([^<]+)</g)].map(([, id]) => id);
    },
    sha256: async (key: string) => {
      const grant = ownerGrant({ method: 'GET', bucket, key, lifetimeSeconds: 60 }, store);
      const response = await fetch(presign(grant, keys, { store, nowMs: systemClock.now() }).reveal());
      if (response.status !== 200) return response.status;
      return sha256(new Uint8Array(await response.arrayBuffer()));
    },
    putPart: async (key: string, uploadId: string, partNumber: number, body: Uint8Array) => {
      const upload = { contentLength: body.length };
      const grant = ownerGrant({ method: 'PUT', bucket, key, lifetimeSeconds: 60, upload }, store);
      const terms = { uploadId, partNumber, bytes: body.length };
      const url = presignPart(grant, terms, keys, { store, nowMs: systemClock.now() });
      return fetch(url.reveal(), { method: 'PUT', body: Uint8Array.from(body) });
    },
  };
}

export function sha256(of: Uint8Array): string {
  return createHash('sha256').update(of).digest('hex');
}
