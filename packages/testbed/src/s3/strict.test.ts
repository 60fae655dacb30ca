import { randomUUID } from 'node:crypto';

import { GetObjectCommand, HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { requireEngine } from '../require-engine.ts';
import { createBucket, s3Admin } from './s3-admin.ts';

const body = 'twelve bytes';
const type = 'text/plain';
const signedHeaders = new Set(['content-length', 'content-type']);

// The refusals every other test of a presigned URL relies on: an engine that let one of them through would
// let wrong URLs pass for right ones.
describe.each(['seaweedfs', 'versitygw'] as const)('%s', (name) => {
  const bucket = `strict-${randomUUID()}`;
  const connect = () => s3Admin(requireEngine(inject('engines'), name));
  let client: ReturnType<typeof connect>;

  beforeAll(async () => {
    client = connect();
    await createBucket(requireEngine(inject('engines'), name), bucket);
  });
  afterAll(() => client?.destroy());

  /** A stored object and a URL to read it, valid for the given times. */
  const readable = async (options: { expiresIn?: number; signingDate?: Date } = {}) => {
    const object = { Bucket: bucket, Key: randomUUID() };
    await client.send(new PutObjectCommand({ ...object, Body: body, ContentType: type }));
    return { ...object, url: await getSignedUrl(client, new GetObjectCommand(object), options) };
  };

  /** A key with no object and a URL to store exactly `body` there as `type`. */
  const writable = async () => {
    const object = { Bucket: bucket, Key: randomUUID() };
    const command = new PutObjectCommand({ ...object, ContentLength: body.length, ContentType: type });
    const url = await getSignedUrl(client, command, {
      signableHeaders: signedHeaders,
      unhoistableHeaders: signedHeaders,
    });
    return { ...object, url };
  };

  const put = (url: string, headers: Record<string, string>, content = body) =>
    fetch(url, { method: 'PUT', body: content, headers: { 'content-type': type, ...headers } });

  const expectAbsent = ({ Bucket, Key }: { Bucket: string; Key: string }) =>
    expect(client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toBeInstanceOf(NotFound);

  test('serves a GET as it was signed', async () => {
    const { url } = await readable();
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, body]);
  });

  test('stores a PUT as it was signed', async () => {
    const { url, Bucket, Key } = await writable();
    const response = await put(url, {});
    expect(response.status).toBe(200);
    const stored = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect([stored.ContentType, await stored.Body?.transformToString()]).toEqual([type, body]);
  });

  test('refuses a tampered signature', async () => {
    const url = new URL((await readable()).url);
    const signature = url.searchParams.get('X-Amz-Signature') ?? '';
    url.searchParams.set('X-Amz-Signature', [...signature].toReversed().join(''));
    expect((await fetch(url)).status).toBe(403);
  });

  test('refuses another method than the signed one', async () => {
    const { url, Bucket, Key } = await readable();
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBe(body.length);
  });

  test('refuses an expired URL', async () => {
    const signingDate = new Date(Date.now() - 120_000);
    const { url } = await readable({ signingDate, expiresIn: 60 });
    expect((await fetch(url)).status).toBe(403);
  });

  test('refuses another content length than the signed one', async () => {
    const target = await writable();
    expect((await put(target.url, {}, `${body}!`)).status).toBe(403);
    await expectAbsent(target);
  });

  test('refuses another content type than the signed one', async () => {
    const target = await writable();
    expect((await put(target.url, { 'content-type': 'text/html' })).status).toBe(403);
    await expectAbsent(target);
  });

  test('refuses an x-amz-* header that was not signed', async () => {
    const target = await writable();
    expect((await put(target.url, { 'x-amz-meta-owner': 'mallory' })).status).toBe(403);
    await expectAbsent(target);
  });

  test('refuses an anonymous GET', async () => {
    const url = new URL((await readable()).url);
    url.search = '';
    expect((await fetch(url)).status).toBe(403);
  });

  test('refuses a session token that is not its own', async () => {
    const { url } = await readable();
    // versitygw calls any token in a URL a bad request, since it issues none.
    expect((await fetch(`${url}&X-Amz-Security-Token=foreign`)).status).toBeOneOf([400, 403]);
  });
});
