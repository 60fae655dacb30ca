/** What callers in the middle of their work notice of a change, of a mistake in it, and of a stop. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { systemClock } from '@valetkey/core';
import { createBucket, requireEngine } from '@valetkey/testbed';
import { expect, inject, onTestFinished, test } from 'vitest';

import { ask, configurationFolder, nowhere, originOf, posterTo, runSigner } from './signer-under-test.ts';

/** Asks one after the other until it is told to stop or nobody is there, and says what came of each. */
function keepAsking<Outcome>(one: () => Promise<Outcome | 'gone'>) {
  const over = new AbortController();
  const outcomes: Outcome[] = [];
  const run = async () => {
    while (!over.signal.aborted) {
      const outcome = await one();
      if (outcome === 'gone') return;
      outcomes.push(outcome);
    }
  };
  const runs = Array.from({ length: 3 }, run);
  const stop = async () => {
    over.abort();
    await Promise.all(runs);
  };
  onTestFinished(stop);
  return { outcomes, stop };
}

test('no request fails while the configuration is broken, mended and read fifty times over', async () => {
  const { file, token } = await configurationFolder(nowhere);
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const good = await readFile(file, 'utf8');
  const times = (text: string) => signer.output().split(text).length - 1;
  const { outcomes, stop } = keepAsking(async () => (await ask(origin, token)).status);
  const broken = ['', 'stores: [', good.slice(0, good.length / 2), good.replace('{any}', '{nope}')];
  for (const [index, text] of broken.entries()) {
    await writeFile(file, text);
    signer.child.kill('SIGHUP');
    await expect.poll(() => times('configuration refused')).toBeGreaterThan(index);
    const applied = times('configuration applied');
    await writeFile(file, good);
    signer.child.kill('SIGHUP');
    await expect.poll(() => times('configuration applied')).toBeGreaterThan(applied);
  }
  for (let round = 0; round < 50; round += 1) signer.child.kill('SIGHUP');
  const before = outcomes.length;
  await expect.poll(() => outcomes.length).toBeGreaterThan(before + 50);
  await stop();
  // A process that is behind for a moment may say so.
  expect(outcomes.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  expect(outcomes).toContain(200);
});

test('a store whose keys do not come keeps nobody from another store', async () => {
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const hangUp = () => {
    silent.close();
    silent.closeAllConnections();
  };
  onTestFinished(hangUp);
  const { port } = silent.address() as AddressInfo;
  const { file, folder, token } = await configurationFolder(nowhere);
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(path.join(folder, 'token'), 'token');
  const webIdentity = {
    roleArn: 'arn:aws:iam::123456789012:role/signer',
    tokenFile: path.join(folder, 'token'),
    stsEndpoint: `http://127.0.0.1:${port}`,
  };
  configuration.stores.slow = { ...configuration.stores.media, credentials: { webIdentity } };
  configuration.policies.push({ ...configuration.policies[0], name: 'slow', store: 'slow' });
  await writeFile(file, JSON.stringify(configuration));
  const origin = await originOf(runSigner(['--config', file]));
  const statuses: number[] = [];
  const asked = Array.from({ length: 600 }, async () => {
    const body = { policy: 'slow', items: [{ key: 'files/a' }] };
    const { status } = await ask(origin, token, body);
    statuses.push(status);
  });
  // All that have no place longer are answered; the others wait for the keys.
  await expect.poll(() => statuses.length, { timeout: 10_000 }).toBe(600 - 64);
  await expect.poll(async () => (await ask(origin, token)).status).toBe(200);
  expect(statuses).toHaveLength(600 - 64);
  hangUp();
  await Promise.all(asked);
  expect(statuses.filter((status) => status !== 429 && status !== 503)).toEqual([]);
});

test('no upload fails while a service that stops still serves', async () => {
  const s3 = requireEngine(inject('engines'), 'seaweedfs');
  const bucket = `under-load-${process.pid}`;
  await createBucket(s3, bucket);
  const policy = {
    name: 'files',
    subjects: [{ kind: 'user' }],
    store: 'media',
    bucket,
    actions: ['upload'],
    keys: ['up/{uuid}'],
    upload: { maxSize: '1Mi', contentTypes: ['text/plain'] },
  };
  const { file, token } = await configurationFolder(s3, { policies: [policy] });
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const post = posterTo(origin, token);
  let count = 0;
  const upload = async () => {
    const name = { ref: 'a', nonce: `nonce-nonce-${(count += 1)}`, name: 'a.txt' };
    const files = [{ ...name, bytes: 4, type: 'text/plain' }];
    const begun: { uploads?: { id: string; request: { url: string; headers: object } }[]; code?: string } =
      await post('uploads', { policy: 'files', files });
    const [one] = begun.uploads ?? [];
    if (one === undefined) return begun.code;
    const { url, headers } = one.request;
    await fetch(url, { method: 'PUT', headers: { ...headers }, body: 'text' });
    const done: { items?: { receipt?: string }[]; code?: string } = await post('uploads/complete', {
      items: [{ id: one.id }],
    });
    return done.items?.[0]?.receipt === undefined ? done.code : 'receipt';
  };
  const brokenMs: number[] = [];
  const { outcomes, stop } = keepAsking(async () => {
    try {
      return await upload();
    } catch {
      brokenMs.push(systemClock.now());
      return 'gone';
    }
  });
  const receipts = () => outcomes.filter((outcome) => outcome === 'receipt').length;
  await expect.poll(receipts).toBeGreaterThan(10);
  signer.child.kill('SIGTERM');
  expect(await signer.ended).toBe(0);
  await stop();
  expect(outcomes.filter((outcome) => outcome !== 'receipt' && outcome !== 'rate-limited')).toEqual([]);
  // Connections break only once the service has said for its three seconds that it goes, and closes.
  const [, closing = ''] = /"time":"([^"]+)"[^\n]*"msg":"closing"/.exec(signer.output()) ?? [];
  for (const ms of brokenMs) expect(ms).toBeGreaterThanOrEqual(Date.parse(closing));
});
