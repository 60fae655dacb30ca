/** Limits that replicas share through a real Valkey. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { requireEngine, startRedis, startTcpProxy, type RedisDescription } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import { ask, configurationFolder, nowhere, originOf, runSigner } from './signer-under-test.ts';

const policy = (requests: string) => ({
  name: 'files',
  subjects: [{ kind: 'user' }],
  store: 'media',
  bucket: `user-media-${process.pid}`,
  actions: ['download'],
  keys: ['files/{any}'],
  lifetime: { max: '1h' },
  rateLimit: { requests },
});

async function startReplicas(redis: RedisDescription, requests: string, uploads?: object) {
  const policies = [
    policy(requests),
    ...(uploads === undefined ? [] : [{ ...policy(requests), ...uploads }]),
  ];
  const { folder, file, token } = await configurationFolder(nowhere, { policies });
  const passwordFile = path.join(folder, 'redis-password');
  await writeFile(passwordFile, `${redis.password}\n`, { mode: 0o600 });
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.server.rateLimits = { redis: { url: redis.url, passwordFile } };
  configuration.server.metrics = { listen: '127.0.0.1:0' };
  await writeFile(file, JSON.stringify(configuration));
  const signers = [runSigner(['--config', file]), runSigner(['--config', file])];
  const origins = await Promise.all(signers.map(originOf));
  return { signers, origins, token };
}

test('replicas count together: what one has given the other does not give again', async () => {
  const redis = requireEngine(inject('engines'), 'redis');
  const { origins, token } = await startReplicas(redis, '4/1h');
  const statuses: number[] = [];
  for (const origin of [...origins, ...origins, ...origins]) {
    const response = await ask(origin, token);
    statuses.push(response.status);
    if (response.status === 429) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(3000);
      expect(await response.json()).toMatchObject({ code: 'rate-limited', retryable: true });
    }
  }
  expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
});

test('replicas know together what bytes were counted for, and give back what did not fit', async () => {
  const redis = requireEngine(inject('engines'), 'redis');
  const { origins, token } = await startReplicas(redis, '99/1h', {
    name: 'uploads',
    actions: ['upload'],
    keys: ['up/{uuid}'],
    rateLimit: { bytes: '10/1h' },
  });
  const [one = '', other = ''] = origins;
  const begin = async (origin: string, nonce: string, bytes: number) => {
    const file = { ref: 'a', nonce: `nonce-nonce-${nonce}`, name: 'a.png', bytes, type: 'image/png' };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ policy: 'uploads', files: [{ ...file, retry: true }] });
    return (await fetch(`${origin}/v1/uploads`, { method: 'POST', headers, body })).status;
  };
  expect(await begin(one, 'a', 8)).toBe(200);
  expect(await begin(other, 'a', 8)).toBe(200);
  expect(await begin(other, 'b', 8)).toBe(429);
  expect(await begin(one, 'b', 8)).toBe(429);
  expect(await begin(one, 'c', 2)).toBe(200);
  expect(await begin(other, 'd', 1)).toBe(429);
});

test('while the counter is away each replica counts for itself, and together again when it is back', async () => {
  requireEngine(inject('engines'), 'redis');
  const engine = await startRedis(() => undefined);
  onTestFinished(engine.stop);
  const { signers, origins, token } = await startReplicas(engine.description, '2/1h');
  const [signer] = signers;
  const [origin = ''] = origins;
  expect((await ask(origin, token)).status).toBe(200);
  await engine.kill();
  const statuses = [];
  for (let round = 0; round < 4; round += 1) statuses.push((await ask(origin, token)).status);
  expect(statuses).toEqual([200, 200, 429, 429]);
  expect(signer?.output()).toContain('rate limits are counted by each replica alone');
  const metricsOrigin = /"metrics":"(http:[^"]+)"/.exec(signer?.output() ?? '')?.[1] ?? '';
  const metrics = await (await fetch(`${metricsOrigin}/metrics`)).text();
  expect(metrics).toContain('valetkey_signer_rate_limit_fallbacks_total 4');
  expect(metrics).toContain('\nvaletkey_signer_rate_limits_alone 1\n');
  expect(metrics).toContain('valetkey_signer_rate_limited_total{policy="files",limit="requests"} 2');
  await engine.start();
  // The server has forgotten what it counted, so that an answer of 200 is its own.
  await expect.poll(async () => (await ask(origin, token)).status).toBe(200);
  expect(signer?.output()).toContain('rate limits are counted together again');
  const later = await (await fetch(`${metricsOrigin}/metrics`)).text();
  expect(later).toContain('\nvaletkey_signer_rate_limits_alone 0\n');
  expect(signer?.output()).not.toContain(engine.description.password);
});

test('a counter that has vanished without a word is given up, and found again', async () => {
  const redis = requireEngine(inject('engines'), 'redis');
  const address = new URL(redis.url);
  const proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
  onTestFinished(proxy.stop);
  address.port = String(proxy.port);
  const { signers, origins, token } = await startReplicas({ ...redis, url: address.href }, '1000/1h');
  const [origin = ''] = origins;
  const gauge = async () => {
    const metricsOrigin = /"metrics":"(http:[^"]+)"/.exec(signers[0]?.output() ?? '')?.[1] ?? '';
    const metrics = await (await fetch(`${metricsOrigin}/metrics`)).text();
    return /^valetkey_signer_rate_limits_alone (\d)/m.exec(metrics)?.[1];
  };
  expect((await ask(origin, token)).status).toBe(200);
  expect(await gauge()).toBe('0');
  proxy.set({ kind: 'half-open' });
  // The old connection is given up, and a new one does what it should, though nobody closed the old one.
  expect((await ask(origin, token)).status).toBe(200);
  const patience = { timeout: 15_000, interval: 100 };
  // The gauge is 1 for half a second only, which a slow machine may miss.
  const written = () => signers[0]?.output();
  await expect.poll(written, patience).toContain('rate limits are counted by each replica alone');
  await expect.poll(written, patience).toContain('rate limits are counted together again');
  expect((await ask(origin, token)).status).toBe(200);
  expect(await gauge()).toBe('0');
});
