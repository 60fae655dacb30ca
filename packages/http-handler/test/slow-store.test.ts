/** One store that takes connections and never answers, beside others that do. */
import { defineStore } from '@valetkey/core';
import { parseConfiguration } from '@valetkey/core/s3';
import { createBucket, requireEngine, startTcpProxy } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import { createHandler, createService } from '../src/index.ts';
import { secret, type Json } from './service-under-test.ts';
import { bearerSubject } from './workerd/terms.ts';

/** Of which half may ask stores. */
const maxInFlight = 16;
const file = (ref: string, bytes = 4) => ({
  ref,
  nonce: `nonce-${ref}-nonce`,
  name: `${ref}.txt`,
  bytes,
  type: 'text/plain',
});
const inParts = 101 * 1024 * 1024;

let buckets = 0;

/** A service over as many stores as are named; `hanging` is behind a proxy that has stopped passing anything on. */
async function start(names: readonly string[]) {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const bucket = `slow-store-${process.pid}-${(buckets += 1)}`;
  await createBucket(s3, bucket);
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(s3.endpoint).port) });
  onTestFinished(() => proxy.stop());
  const { region, accessKeyId, secretAccessKey } = s3;
  const stores = names.map((name) => {
    const endpoint = name === 'hanging' ? `http://127.0.0.1:${proxy.port}` : s3.endpoint;
    return { name, profile: 'seaweedfs', region, endpoint, addressing: 'path' } as const;
  });
  const { policies } = parseConfiguration(
    JSON.stringify({
      stores: Object.fromEntries(stores.map(({ name, ...store }) => [name, store])),
      policies: names.map((name) => ({
        name,
        subjects: [{ kind: 'user' }],
        store: name,
        bucket,
        actions: ['download', 'list', 'upload'],
        keys: [`${name}/{sub}/{uuid}`],
        lifetime: { max: '1h' },
        upload: { maxSize: '200Mi', contentTypes: ['text/plain'] },
      })),
    }),
    'valetkey.yaml',
  );
  const credentials = async () => ({ accessKeyId, secretAccessKey });
  const ofService = new Map(stores.map((store) => [store.name, { store: defineStore(store), credentials }]));
  const service = createService({ stores: ofService, policies, secrets: [secret] });
  const handler = createHandler(service, { authenticate: bearerSubject, maxInFlight });
  const ask = async (path: string, body?: object) => {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const request = new Request(`http://signer/v1/${path}`, init);
    request.headers.set('authorization', 'Bearer ann');
    const response = await handler(request);
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, retryAfter, body: (await response.json()) as Json };
  };
  const begin = async (policy: string, ref: string, bytes?: number): Promise<string> => {
    const { body } = await ask('uploads', { policy, files: [file(ref, bytes)] });
    return body.uploads[0].id;
  };
  return { ask, begin, proxy, list: (policy: string) => ask(`objects?policy=${policy}`) };
}

type Asked = Awaited<ReturnType<Awaited<ReturnType<typeof start>>['ask']>>;

/** Asks more often than a store may be; so many are held, and every other is answered, always alike. */
async function exhaust(
  ask: () => Promise<Asked>,
  held: number,
): Promise<{ refused: Asked; waiting: Promise<Asked>[] }> {
  const refused: Asked[] = [];
  const asked = Array.from({ length: maxInFlight - 2 }, async () => {
    const answer = await ask();
    refused.push(answer);
    return answer;
  });
  await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(asked.length - held);
  const [first] = refused;
  if (first === undefined) throw new Error('nobody was refused');
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([first.status]));
  // Those that came first got the places.
  return { refused: first, waiting: asked.slice(0, held) };
}

test('a store that does not answer keeps nobody from another store', async () => {
  const { ask, begin, proxy, list } = await start(['hanging', 'healthy']);
  const id = await begin('healthy', 'before');
  proxy.set({ kind: 'black-hole' });
  // Half of what may ask stores: its equal share.
  const { refused, waiting } = await exhaust(() => list('hanging'), 4);
  expect(refused).toMatchObject({
    status: 429,
    retryAfter: '1',
    body: { code: 'rate-limited', retryable: true, retryAfterMs: 1000 },
  });

  const answers = await Promise.all([
    list('healthy'),
    ask('uploads', { policy: 'healthy', files: [file('parts', inParts)] }),
    ask('uploads/status', { items: [{ id }] }),
    ask('uploads/complete', { items: [{ id }] }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(answers[1]?.body.uploads).toMatchObject([{ mode: 'multipart' }]);
  expect(answers[2]?.body.items).toMatchObject([{ status: 'open' }]);
  expect(answers[3]?.body.items).toMatchObject([{ problem: { code: 'upload-not-found' } }]);

  // Nor from what is only signed for the store itself.
  const signed = await ask('uploads', { policy: 'hanging', files: [file('put')] });
  expect(signed.body.uploads).toMatchObject([{ mode: 'put', request: { method: 'PUT' } }]);
  const items = [{ key: 'hanging/ann/a' }];
  expect((await ask('downloads', { policy: 'hanging', items })).status).toBe(200);

  // Once it answers again, or fails as one that is there, it is asked again.
  proxy.set({ kind: 'reset' });
  expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([503]));
  proxy.set(undefined);
  expect((await list('hanging')).status).toBe(200);
});

test('a batch over both is answered item by item, and one over the hanging store alone is told to come back', async () => {
  const { ask, begin, proxy, list } = await start(['hanging', 'healthy']);
  const [hanging, healthy] = [await begin('hanging', 'a'), await begin('healthy', 'b')];
  proxy.set({ kind: 'black-hole' });
  await exhaust(() => list('hanging'), 4);
  for (const route of ['uploads/status', 'uploads/complete']) {
    const both = await ask(route, { items: [{ id: hanging }, { id: healthy }, { id: hanging }] });
    expect(both.status).toBe(200);
    const busy = { problem: { code: 'rate-limited', retryable: true, retryAfterMs: 1000 } };
    const own = route === 'uploads/status' ? { status: 'open' } : { problem: { code: 'upload-not-found' } };
    expect(both.body.items).toMatchObject([busy, own, busy]);
    const alone = await ask(route, { items: [{ id: hanging }, { id: hanging }] });
    expect(alone).toMatchObject({ status: 429, retryAfter: '1', body: { code: 'rate-limited' } });
  }
  const parts = [file('c', inParts), file('d', inParts)];
  expect(await ask('uploads', { policy: 'hanging', files: parts })).toMatchObject({
    status: 429,
    retryAfter: '1',
    body: { code: 'rate-limited' },
  });
  const mixed = await ask('uploads', { policy: 'hanging', files: [file('e'), file('f', inParts)] });
  expect(mixed.body.uploads).toMatchObject([{ mode: 'put' }, { problem: { code: 'rate-limited' } }]);
});

test('the only store has all the places that stores have', async () => {
  const { proxy, list } = await start(['hanging']);
  proxy.set({ kind: 'black-hole' });
  await exhaust(() => list('hanging'), maxInFlight / 2);
});
