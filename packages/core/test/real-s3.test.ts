/// <reference types="node" />
/** Our URLs against two independent S3 implementations. */
import { randomUUID } from 'node:crypto';

import { createBucket, requireEngine } from '@valetkey/testbed';
import { beforeAll, describe, expect, inject, test } from 'vitest';

import { defineStore, ownerGrant, presign, type OwnerRequest } from '../src/index.ts';
import { postForm } from '../src/signing.ts';

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

// versitygw takes no POST forms, as its profile says of many a store.
describe('a form on seaweedfs', () => {
  const engine = requireEngine(inject('engines'), 'seaweedfs');
  const formBucket = `forms-${randomUUID()}`;
  const send = (change: Record<string, string> = {}, body = 'hello', nowMs = Date.now()) => {
    const form = postForm(
      {
        endpoint: engine.endpoint,
        addressing: 'path',
        region: engine.region,
        bucket: formBucket,
        key: 'in/hello.txt',
        contentType: 'text/plain',
        metadata: { caption: 'plain' },
        minBytes: 2,
        maxBytes: 8,
        expiresInSeconds: 60,
      },
      engine,
      { nowMs },
    );
    const data = new FormData();
    for (const [name, value] of Object.entries({ ...form.reveal(), ...change })) data.append(name, value);
    data.append('file', new Blob([body]));
    return fetch(form.url, { method: 'POST', body: data });
  };

  beforeAll(() => createBucket(engine, formBucket));

  test('uploads what it is for, with the type and metadata that were signed', async () => {
    expect((await send()).status).toBeLessThan(300);
    const store = defineStore({
      name: 'form',
      profile: 's3',
      endpoint: engine.endpoint,
      region: engine.region,
    });
    const request = { method: 'GET', bucket: formBucket, key: 'in/hello.txt', lifetimeSeconds: 60 } as const;
    const url = presign(ownerGrant(request, store), engine, { store, nowMs: Date.now() });
    const response = await fetch(url.reveal());
    expect(await response.text()).toBe('hello');
    expect(response.headers.get('content-type')).toBe('text/plain');
  });

  test.each([
    ['a file over the range', {}, 'hello, hello'],
    ['a file under the range', {}, 'h'],
    ['another key', { key: 'in/other.txt' }, 'hello'],
    ['another type', { 'Content-Type': 'text/html' }, 'hello'],
    ['a field that was not signed', { 'x-amz-meta-owner': 'eve' }, 'hello'],
    ['a changed signature', { 'x-amz-signature': '0'.repeat(64) }, 'hello'],
  ])('refuses %s', async (_title, change, body) => {
    expect((await send(change, body)).status).toBeGreaterThanOrEqual(400);
  });

  test('takes a type with the beginning that was signed, and no other', async () => {
    const form = postForm(
      {
        endpoint: engine.endpoint,
        addressing: 'path',
        region: engine.region,
        bucket: formBucket,
        key: 'in/any.png',
        contentType: { startsWith: 'image/' },
        successStatus: 201,
        maxBytes: 8,
        expiresInSeconds: 60,
      },
      engine,
      { nowMs: Date.now() },
    );
    const upload = async (type: string) => {
      const data = new FormData();
      for (const [name, value] of Object.entries({ ...form.reveal(), 'Content-Type': type })) {
        data.append(name, value);
      }
      data.append('file', new Blob(['hello']));
      return (await fetch(form.url, { method: 'POST', body: data })).status;
    };
    expect([await upload('text/html'), await upload('image/png')]).toEqual([403, 201]);
  });

  test('refuses everything after its end', async () => {
    expect((await send({}, 'hello', Date.now() - 120_000)).status).toBe(403);
  });
});
