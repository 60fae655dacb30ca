import { expect, onTestFinished, test } from 'vitest';

import { answerJson, startLocalApi, type Handler } from '../../test/doubles/local-api.ts';
import { realTimers } from '../runtime/timer.ts';
import { createTokenBucket } from '../runtime/token-bucket.ts';
import { createKubeClient, type KubeClient } from './client.ts';
import { createPacing } from './pacing.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly accept: string | undefined;
  readonly type: string | undefined;
  readonly body: unknown;
}

async function start(status: number, answer: unknown, headers: Record<string, string> = {}) {
  const seen: Seen[] = [];
  const { transport, stop } = await startLocalApi((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url } = request;
      const { accept, 'content-type': type } = request.headers;
      const text = Buffer.concat(chunks).toString();
      seen.push({ method, url, accept, type, body: text === '' ? undefined : JSON.parse(text) });
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      answerJson(response, status, answer);
    });
  });
  onTestFinished(stop);
  const client: KubeClient = createKubeClient(transport);
  return { client, seen };
}

const metadata = { name: 'a', namespace: 'ns', uid: 'u-1', resourceVersion: '7' };
const secrets = '/api/v1/namespaces/ns/secrets';

test('writes ask for metadata only and for a dry run when told to', async () => {
  const { client, seen } = await start(200, { kind: 'PartialObjectMetadata', metadata });
  const written = await client.create(secrets, { data: {} }, { dryRun: true, asPartialMetadata: true });
  expect(written).toEqual(metadata);
  await client.replace(`${secrets}/a`, { data: {} });
  const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
  expect(seen).toEqual([
    { method: 'POST', url: `${secrets}?dryRun=All`, accept, type: 'application/json', body: { data: {} } },
    {
      method: 'PUT',
      url: `${secrets}/a`,
      accept: 'application/json',
      type: 'application/json',
      body: { data: {} },
    },
  ]);
});

test('a status is patched at its subresource by merge, and only its metadata comes back', async () => {
  const { client, seen } = await start(200, { metadata });
  await client.patchStatus('/apis/x/v1/namespaces/ns/shares/a', { status: { revision: 1 } });
  expect(seen[0]).toMatchObject({
    method: 'PATCH',
    url: '/apis/x/v1/namespaces/ns/shares/a/status?fieldValidation=Ignore',
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    type: 'application/merge-patch+json',
  });
});

test('a status is replaced at its subresource, and only its metadata comes back', async () => {
  const { client, seen } = await start(200, { metadata });
  const body = { metadata: { name: 'a', resourceVersion: '7' }, status: { revision: 1 } };
  await client.replaceStatus('/apis/x/v1/namespaces/ns/shares/a', body);
  expect(seen).toEqual([
    {
      method: 'PUT',
      url: '/apis/x/v1/namespaces/ns/shares/a/status?fieldValidation=Ignore',
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      type: 'application/json',
      body,
    },
  ]);
});

test('a removal names the uid that it means', async () => {
  const { client, seen } = await start(200, {});
  await client.remove('/apis/x/v1/namespaces/ns/shares/a', { uid: 'u-1' });
  expect(seen[0]).toMatchObject({ method: 'DELETE', body: { preconditions: { uid: 'u-1' } } });
});

test('a refusal is an error with status, reason and the time to wait', async () => {
  const body = { kind: 'Status', reason: 'AlreadyExists', message: 'secrets "a" already exists', code: 409 };
  const { client } = await start(409, body, { 'retry-after': '2' });
  await expect(client.create(secrets, {})).rejects.toMatchObject({
    name: 'KubeError',
    status: 409,
    reason: 'AlreadyExists',
    retryAfterSeconds: 2,
  });
});

test('whatever a server says of a foreign Secret, no error repeats it', async () => {
  const leak = {
    reason: 'Invalid',
    message: 'Secret {"data":"canary"}',
    details: { causes: [{ message: 'canary' }] },
  };
  const { client } = await start(422, leak);
  const error: unknown = await client.replace(`${secrets}/a`, {}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 422, reason: 'Invalid' });
  expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('canary');
});

test('an answer without name or uid is not taken for a write', async () => {
  const { client } = await start(200, { kind: 'Status', status: 'Success' });
  await expect(client.create(secrets, {})).rejects.toMatchObject({ reason: 'MalformedAnswer' });
});

async function startGuarded(handler: Handler, mayWrite: () => boolean = () => true) {
  const { transport, stop } = await startLocalApi(handler);
  onTestFinished(stop);
  const writes = createTokenBucket({ timers: realTimers, perSecond: 1_000, burst: 1_000 });
  const pacing = createPacing({ timers: realTimers, random: () => 0, writes });
  return createKubeClient(transport, { pacing, mayWrite });
}

test('who may not write sends nothing but reads and dry runs', async () => {
  const methods: (string | undefined)[] = [];
  const client = await startGuarded(
    (request, response) => {
      methods.push(request.method);
      answerJson(response, 200, { metadata });
    },
    () => false,
  );
  const refused = { name: 'KubeError', status: 0, reason: 'NotLeader' };
  await expect(client.create(secrets, {})).rejects.toMatchObject(refused);
  await expect(client.replace(`${secrets}/a`, {})).rejects.toMatchObject(refused);
  await expect(client.patchStatus('/x', {})).rejects.toMatchObject(refused);
  await expect(client.remove('/x')).rejects.toMatchObject(refused);
  await client.get('/x');
  await client.create(secrets, {}, { dryRun: true });
  expect(methods).toEqual(['GET', 'POST']);
});

test('a write that waited for a connection is not sent when its time has passed meanwhile', async () => {
  let isLeader = true;
  let open: (() => void) | undefined;
  const bodies: string[] = [];
  const busy = Promise.withResolvers<void>();
  let held = 0;
  const client = await startGuarded(
    (request, response) => {
      if (request.method !== 'GET') bodies.push(String(request.method));
      held += 1;
      const before = open;
      open = () => {
        before?.();
        answerJson(response, 200, { metadata });
      };
      if (held === 16) busy.resolve();
    },
    () => isLeader,
  );
  const reads = Array.from({ length: 16 }, () => client.get('/x'));
  await busy.promise;
  const write = client.create(secrets, { data: {} });
  const rejected = expect(write).rejects.toMatchObject({ reason: 'NotLeader' });
  isLeader = false;
  open?.();
  await Promise.all(reads);
  await rejected;
  expect(bodies).toEqual([]);
});

test.each([
  [429, { 'retry-after': '1' }],
  [503, { 'retry-after': '1' }],
])('%i with Retry-After is obeyed by every call, and then answered', async (status, headers) => {
  const times: number[] = [];
  const client = await startGuarded((_, response) => {
    times.push(performance.now());
    if (times.length > 1) return answerJson(response, 200, { metadata });
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end('{}');
  });
  await client.create(secrets, {});
  await client.get('/x');
  expect(times).toHaveLength(3);
  expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(990);
});

test('a server that refuses for good is told of after a few tries', async () => {
  let calls = 0;
  const client = await startGuarded((_, response) => {
    calls += 1;
    response.writeHead(429, { 'retry-after': '0.01', 'content-type': 'application/json' }).end('{}');
  });
  await expect(client.get('/x')).rejects.toMatchObject({ status: 429 });
  expect(calls).toBe(4);
});
