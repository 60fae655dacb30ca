/// <reference types="node" />
/** Our URLs against two independent S3 implementations. */
import { randomUUID } from 'node:crypto';

import { createBucket, requireEngine } from '@valetkey/testbed';
import { beforeAll, describe, expect, inject, test } from 'vitest';

import { defineStore, ownerGrant, presign, type OwnerRequest } from '../src/index.ts';

const bucket = `core-${randomUUID()}`;

describe.each(['seaweedfs', 'versitygw'] as const)('on %s', (name) => {
  const engine = requireEngine(inject('engines'), name);
  const store = defineStore({ name, profile: 's3', endpoint: engine.endpoint, region: engine.region });
  const send = async (change: Partial<OwnerRequest>, init: RequestInit = {}, nowMs = Date.now()) => {
    const request = { method: 'GET', bucket, key: 'a.txt', lifetimeSeconds: 60, ...change } as const;
    const url = presign(ownerGrant(request, store), engine, { store, nowMs });
    const { 'content-length': _byFetch, ...headers } = url.requiredHeaders;
    const response = await fetch(url.reveal(), { method: request.method, headers, ...init });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };

  beforeAll(() => createBucket(engine, bucket));

  test('PUT, HEAD, GET and DELETE each do what they are for', async () => {
    expect((await send({ method: 'PUT' }, { body: 'hello' })).status).toBe(200);
    expect((await send({ method: 'HEAD' })).headers.get('content-length')).toBe('5');
    expect((await send({})).text).toBe('hello');
    expect((await send({ method: 'DELETE' })).status).toBe(204);
    expect((await send({})).status).toBe(404);
  });

  test('a URL for one method is refused for another', async () => {
    await send({ method: 'PUT' }, { body: 'hello' });
    for (const method of ['PUT', 'DELETE', 'HEAD']) expect((await send({}, { method })).status).toBe(403);
    expect((await send({})).text).toBe('hello');
  });

  test('a URL that has ended is refused', async () => {
    expect((await send({ lifetimeSeconds: 60 }, {}, Date.now() - 120_000)).status).toBe(403);
  });

  test('an upload stores only the size and type that were signed', async () => {
    const upload = { contentType: 'text/plain', contentLength: 5 };
    const put = (body: string, headers = {}) =>
      send(
        { method: 'PUT', key: 'sized', upload },
        { body, headers: { 'content-type': 'text/plain', ...headers } },
      );
    expect((await put('hello!')).status).toBe(403);
    expect((await put('hello', { 'content-type': 'text/html' })).status).toBe(403);
    expect((await put('hello')).status).toBe(200);
  });

  test('the store answers with the headers that were signed', async () => {
    await send({ method: 'PUT' }, { body: 'hello' });
    const { headers } = await send({
      response: { contentType: 'text/csv', contentDisposition: 'attachment; filename="a b.csv"' },
    });
    expect([headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      'text/csv',
      'attachment; filename="a b.csv"',
    ]);
  });

  test.each(['a b+c', '%2e%2e/x', 'a%2Fb', 'é/語/🗝', "q?#&=;:@$,!'()*[]~", 'trailing.', '...', 'a;b'])(
    'the key %j is one object and no other',
    async (key) => {
      const body = `content of ${key}`;
      expect((await send({ method: 'PUT', key }, { body })).status).toBe(200);
      expect((await send({ key })).text).toBe(body);
      expect((await send({ method: 'DELETE', key })).status).toBe(204);
    },
  );
});
