import { parseShare, parseSharePolicy } from '@valetkey/share';
import { expect, test } from 'vitest';

import { createManualTime } from '../test/doubles/manual-time.ts';
import { downloadPolicySpec } from '../test/doubles/stored-objects.ts';
import { createShareHandlers } from './controllers/share/handlers.ts';
import { createShareCaches } from './controllers/share/share-caches.ts';
import { createShareMemory } from './controllers/share/share-memory.ts';
import { alsoTelling, createPlatform } from './wire-platform.ts';

const apiVersion = 'valetkey.dev/v1alpha1';

/** A policy whose status is stored and heard again, and a Share that comes under it and goes. */
function start() {
  const time = createManualTime(Date.parse('2026-11-25T12:00:00Z'));
  const caches = createShareCaches();
  const told = alsoTelling(
    createShareHandlers(caches, createShareMemory(), () => undefined),
    () => platform,
  );
  let version = 1;
  let written = 0;
  const putPolicy = (generation: number, status: object) => {
    version += 1;
    const policy = parseSharePolicy({
      apiVersion,
      kind: 'SharePolicy',
      metadata: { name: 'models', uid: 'u', generation, resourceVersion: String(version) },
      spec: downloadPolicySpec,
      status,
    });
    const before = caches.policies.set(policy);
    if (before !== undefined) told.policy.updated(before, policy);
  };
  const putShare = (policyName: string) => {
    const share = parseShare({
      apiVersion,
      kind: 'Share',
      metadata: { name: 'weights', namespace: 'vision', uid: 's', generation: 1 },
      spec: {
        storeRef: { kind: 'ClusterShareStore', name: 'models' },
        bucket: 'models',
        objects: [{ name: 'weights', key: 'vision/weights.bin' }],
      },
      status: { policyRef: { name: policyName } },
    });
    const before = caches.shares.set(share);
    if (before !== undefined) told.share.updated(before, share);
  };
  const platform = createPlatform({
    parts: {
      clock: time,
      timers: time,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      options: { namespaces: undefined },
    },
    caches,
    client: {
      async patchStatus() {
        written += 1;
        putPolicy(caches.policies.get('models')?.metadata.generation ?? 0, { matchedShares: written });
        return { name: 'models', namespace: undefined, uid: 'u', resourceVersion: String(version) };
      },
    },
    signer: { identify: () => Promise.reject(new Error('no store is declared')) },
    retryAfterMs: () => undefined,
    add: () => undefined,
  });
  putPolicy(1, {});
  putShare('models');
  const running = Promise.all(platform.controllers.map((controller) => controller.run()));
  const stop = async () => {
    for (const controller of platform.controllers) controller.shutDown();
    await running;
  };
  return { time, putPolicy, putShare, stop, written: () => written };
}

test('while Shares change, a policy is counted every five seconds; its own status is no reason to', async () => {
  const { time, putShare, stop, written } = start();
  for (let ms = 0; ms < 60_000; ms += 100) {
    putShare(ms % 200 === 0 ? 'models' : 'another');
    await time.advance(100);
  }
  expect(written()).toBeGreaterThanOrEqual(10);
  expect(written()).toBeLessThanOrEqual(13);
  await stop();
});

test('a policy that says something new is reported on at once', async () => {
  const { time, putPolicy, stop, written } = start();
  await time.advance(60_000);
  const before = written();
  putPolicy(2, {});
  await time.advance(0);
  expect(written()).toBe(before + 1);
  await stop();
});
