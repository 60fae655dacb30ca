import { parseShare } from '@valetkey/share';
import { describe, expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { wait } from '../../runtime/timer.ts';
import { createDriftProbe } from './drift-probe.ts';
import type { ShareApi } from './share-api.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');

function aShare(name: string, { spec = {}, status = {}, metadata = {} } = {}) {
  return parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name, namespace: 'vision', uid: `uid-${name}`, resourceVersion: '5', ...metadata },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'w', key: 'vision/w' }],
      ...spec,
    },
    status: {
      secretRef: { name, uid: 'secret-uid', resourceVersion: '7' },
      expirationTime: '2026-11-26T12:00:00Z',
      ...status,
    },
  });
}

type Probe = ShareApi['probeSecret'];

/** Probes that each take `callMs`. */
function start(answer: Probe = async () => 'untouched', callMs = 0) {
  const time = createManualTime(nowMs);
  const never = new AbortController().signal;
  const caches = createShareCaches();
  const memory = createShareMemory();
  const at: { readonly name: string; readonly ms: number }[] = [];
  const added: string[] = [];
  const results: string[] = [];
  const probe = createDriftProbe({
    caches,
    memory,
    clock: time,
    timers: time,
    api: {
      async probeSecret(secret, precondition) {
        at.push({ name: secret.metadata.name, ms: time.elapsedMs() });
        await wait(time, callMs, never);
        return answer(secret, precondition);
      },
    },
    add: (key) => added.push(key),
    onProbe: (result) => results.push(result),
    onError: () => undefined,
  });
  const stop = async (running: Promise<void>) => {
    probe.shutDown();
    await time.advance(callMs);
    await running;
  };
  return { time, caches, memory, at, added, results, run: () => probe.run(), stop };
}

describe.each([
  ['that are answered at once', 0],
  ['that take 110 ms each', 110],
  ['that take a second each', 1_000],
])('probes %s', (_what, callMs) => {
  test('are at most five a second, and of each Share one in 30 s', async () => {
    const { time, caches, at, run, stop } = start(undefined, callMs);
    for (let n = 0; n < 40; n += 1) caches.shares.set(aShare(`s-${n}`));
    const running = run();
    await time.advance(200_000);
    await stop(running);
    const sixths = at.slice(5).map(({ ms }, n) => ms - (at[n]?.ms ?? 0));
    expect(Math.min(...sixths)).toBeGreaterThanOrEqual(1_000);
    const own = at.filter(({ name }) => name === 's-7').map(({ ms }) => ms);
    const ownGaps = own.slice(1).map((ms, n) => ms - (own[n] ?? 0));
    expect(Math.min(...ownGaps)).toBeGreaterThanOrEqual(30_000);
  });
});

test('a round over 100 Shares takes 30 s even when calls take a while', async () => {
  const { time, caches, at, run, stop } = start(undefined, 110);
  for (let n = 0; n < 100; n += 1) caches.shares.set(aShare(`s-${n}`));
  const running = run();
  await time.advance(120_000);
  await stop(running);
  expect(at.filter(({ name }) => name === 's-0').map(({ ms }) => ms)).toEqual([
    0, 30_000, 60_000, 90_000, 120_000,
  ]);
});

test.each([
  ['that is suspended', { spec: { suspend: true } }, 1],
  ['that is being deleted', { metadata: { deletionTimestamp: '2026-11-25T12:00:00Z' } }, 0],
  ['whose URLs have ended', { status: { expirationTime: '2026-11-25T12:00:00Z' } }, 0],
  ['that has no Secret', { status: { secretRef: undefined } }, 0],
])('the Secret of a Share %s is probed: %#', async (_what, change, probes) => {
  const { time, caches, at, run, stop } = start();
  caches.shares.set(aShare('s', change));
  const running = run();
  await time.advance(29_000);
  await stop(running);
  expect(at).toHaveLength(probes);
});

test.each(['changed', 'gone'] as const)(
  'a Secret that is %s asks for a visit, and is known to be',
  async (how) => {
    const { time, caches, memory, added, run, stop } = start(async () => how);
    const share = aShare('s');
    caches.shares.set(share);
    const running = run();
    await time.advance(0);
    await stop(running);
    expect(added).toEqual(['vision/s']);
    expect(memory.isDrifted('vision/s', share)).toBe(true);
  },
);

test('a write of our own that overtakes a probe is no drift', async () => {
  const { time, caches, added, run, stop } = start(async () => {
    const secretRef = { name: 's', uid: 'secret-uid', resourceVersion: '8' };
    caches.shares.set(aShare('s', { status: { secretRef } }));
    return 'changed';
  });
  caches.shares.set(aShare('s'));
  const running = run();
  await time.advance(0);
  await stop(running);
  expect(added).toEqual([]);
});

describe('a Secret that was emptied and whose status is still to be written', () => {
  const finding = { reason: 'KeyNotAllowed', message: 'no policy allows it' } as const;

  test('is not probed', async () => {
    const { time, caches, memory, at, run, stop } = start();
    const share = aShare('s');
    caches.shares.set(share);
    memory.withdrew('vision/s', share, { finding, status: {} });
    const running = run();
    await time.advance(0);
    await stop(running);
    expect(at).toEqual([]);
  });

  test('has not drifted when a probe was under way', async () => {
    const share = aShare('s');
    const { time, caches, memory, added, run, stop } = start(async () => {
      memory.withdrew('vision/s', share, { finding, status: {} });
      return 'changed';
    });
    caches.shares.set(share);
    const running = run();
    await time.advance(0);
    await stop(running);
    expect(added).toEqual([]);
  });
});

test('a probe that fails is told, and the round goes on', async () => {
  const { time, caches, at, results, run, stop } = start(() =>
    Promise.reject(new KubeError({ status: 500, reason: 'InternalError' })),
  );
  for (const name of ['a', 'b']) caches.shares.set(aShare(name));
  const running = run();
  await time.advance(1_000);
  await stop(running);
  expect([at.length, results]).toEqual([2, ['failed', 'failed']]);
});
