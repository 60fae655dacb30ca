import { Credentials } from '@valetkey/core';
import {
  parseClusterShareStore,
  parseSharePolicy,
  readShare,
  type ShareOutcome,
  type ShareStatus,
} from '@valetkey/share';
import { afterEach, describe, expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { createController } from '../../runtime/controller.ts';
import { createRateLimitingQueue } from '../../runtime/rate-limiting-queue.ts';
import { createScheduler } from '../../runtime/scheduler.ts';
import { createReconcile } from './reconcile.ts';
import type { ShareApi } from './share-api.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

const apiVersion = 'valetkey.dev/v1alpha1';
const key = 'vision/weights';
const nowMs = Date.parse('2026-11-25T12:00:00Z');
const storeRef = { kind: 'ClusterShareStore', name: 'models' };
const published = {
  secretRef: { name: 'weights', uid: 'secret-uid', resourceVersion: '7' },
  issuedTime: '2026-11-25T11:00:00Z',
  expirationTime: '2026-11-25T13:00:00Z',
  renewalTime: '2026-11-25T12:20:00Z',
  revision: 1,
};

function aShare(spec: object = {}, status?: object, metadata: object = {}) {
  return readShare({
    apiVersion,
    kind: 'Share',
    metadata: {
      name: 'weights',
      namespace: 'vision',
      uid: 'share-uid',
      generation: 1,
      resourceVersion: '5',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { storeRef, bucket: 'models', objects: [{ name: 'w', key: 'vision/w' }], ...spec },
    status,
  });
}

/** Caches, and an API server that says yes and writes down what it was asked. */
function world(answers: Partial<ShareApi> = {}) {
  const time = createManualTime(nowMs);
  const caches = createShareCaches();
  const calls: string[] = [];
  const outcomes: ShareOutcome[] = [];
  let isCurrent = true;
  caches.namespaces.set({ metadata: { name: 'vision', labels: {} } });
  caches.policies.set(
    parseSharePolicy({
      apiVersion,
      kind: 'SharePolicy',
      metadata: { name: 'models' },
      spec: {
        namespaces: { names: ['vision'] },
        stores: [storeRef],
        buckets: ['models'],
        actions: ['download'],
        keys: ['{namespace}/{rest}'],
        lifetime: { max: '4h' },
      },
    }),
  );
  caches.clusterStores.set(
    parseClusterShareStore({
      apiVersion,
      kind: 'ClusterShareStore',
      metadata: { name: 'models' },
      spec: {
        profile: 'aws',
        region: 'us-east-1',
        credentials: { default: {} },
        allowedNamespaces: { names: ['vision'] },
      },
    }),
  );
  const written = { uid: 'secret-uid', resourceVersion: '9' };
  const api: ShareApi = {
    async createSecret({ stringData }) {
      calls.push(`POST Secret with ${Object.keys(stringData).length} entries`);
      return written;
    },
    async replaceSecret({ stringData }) {
      calls.push(`PUT Secret with ${Object.keys(stringData).length} entries`);
      return written;
    },
    async readShare() {
      return aShare();
    },
    probeSecret: async () => 'untouched',
    async removeShare(_namespace, name, { uid, resourceVersion }) {
      calls.push(`DELETE Share ${name} ${uid} ${resourceVersion}`);
      return true;
    },
    async replaceStatus() {
      calls.push('PUT status');
      return { resourceVersion: '6' };
    },
    readCredentials: async () => ({}),
    ...answers,
  };
  const credentials = new Credentials({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary-of-the-store' });
  const reconcile = createReconcile({
    caches,
    memory: createShareMemory(),
    api,
    signer: {
      sign: async () => ({ identity: 'AKIAEXAMPLE', credentials: async () => credentials }),
      identify: async () => 'AKIAEXAMPLE',
    },
    scheduler: createScheduler({ clock: time, timers: time, due: () => undefined, onError: () => undefined }),
    clock: time,
    random: () => 0.5,
    isCurrent: () => isCurrent,
    othersWait: () => false,
    unguarded: () => undefined,
    check: () => undefined,
    deletesEnded: true,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return { time, caches, calls, outcomes, reconcile, setCurrent: (is: boolean) => void (isCurrent = is) };
}

const ended = { endTime: '2026-11-25T12:00:00Z' };
const withdrawals: readonly [what: string, spec: object, done: readonly string[]][] = [
  ['a denial', { bucket: 'other' }, ['PUT Secret with 0 entries', 'PUT status']],
  ['a broken rule', { objects: [{ name: 'w', key: '/' }] }, ['PUT Secret with 0 entries', 'PUT status']],
  ['an end time', ended, ['PUT Secret with 0 entries', 'PUT status']],
  [
    'an end time that is over',
    { ...ended, ttlAfterEnd: '0s' },
    ['PUT Secret with 0 entries', 'DELETE Share weights share-uid 5'],
  ],
];

describe('from caches that may be behind nothing is withdrawn or deleted for', () => {
  test.each(withdrawals)('%s, and all is once they follow again', async (_what, spec, done) => {
    const { caches, calls, reconcile, setCurrent } = world();
    caches.shares.set(aShare(spec, published));
    setCurrent(false);
    expect(await reconcile(key)).toEqual({ requeueAfterMs: 2_000 });
    expect(calls).toEqual([]);
    setCurrent(true);
    await reconcile(key);
    expect(calls).toEqual(done);
  });
});

test('a Share whose end time has been moved meanwhile is not deleted, and looked at again', async () => {
  const { caches, calls, reconcile } = world({ removeShare: async () => false });
  caches.shares.set(aShare({ ...ended, ttlAfterEnd: '0s' }, published));
  expect(await reconcile(key)).toEqual({ requeueAfterMs: 2_000 });
  expect(calls).toEqual(['PUT Secret with 0 entries']);
});

test('an issuer whose Secret another one has written stops, and writes no status', async () => {
  const moved = { ...published, secretRef: { ...published.secretRef, resourceVersion: '8' } };
  const conflict = new KubeError({ status: 409, reason: 'Conflict' });
  const { caches, calls, outcomes, reconcile } = world({
    replaceSecret: () => Promise.reject(conflict),
    readShare: async () => aShare({}, moved),
  });
  caches.shares.set(aShare({}, published));
  expect(await reconcile(key)).toEqual({ requeueAfterMs: 2_000 });
  expect([calls, outcomes]).toEqual([[], []]);
});

describe('an API server that asks to come back later with Secrets', () => {
  const busy = new KubeError({ status: 503, reason: 'ServiceUnavailable' });
  const statuses: ShareStatus[] = [];
  const busyWorld = (answers: Partial<ShareApi> = {}) =>
    world({
      createSecret: () => Promise.reject(busy),
      replaceSecret: () => Promise.reject(busy),
      async replaceStatus(_metadata, status) {
        statuses.push(status);
        return { resourceVersion: '6' };
      },
      ...answers,
    });
  afterEach(() => void statuses.splice(0));

  test('for less than a minute says nothing about the Share', async () => {
    const { time, caches, outcomes, reconcile } = busyWorld();
    caches.shares.set(aShare());
    for (let n = 0; n < 4; n += 1) {
      await expect(reconcile(key)).rejects.toBe(busy);
      await time.advance(19_000);
    }
    expect([statuses, outcomes]).toEqual([[], []]);
  });

  test.each([
    ['a Share to publish', {}, undefined, {}],
    ['a Share to renew', {}, published, {}],
    ['one to withdraw', { bucket: 'other' }, published, { denial: { reason: 'NoPolicyMatched' } }],
  ])('for a minute is told of %s', async (_what, spec, status, more) => {
    const { time, caches, outcomes, reconcile } = busyWorld();
    caches.shares.set(aShare(spec, status));
    await expect(reconcile(key)).rejects.toBe(busy);
    await time.advance(60_000);
    expect(await reconcile(key)).toEqual({ requeueAfterMs: 1_000 });
    expect(outcomes).toMatchObject([{ kind: 'failed', finding: { reason: 'SecretWriteFailed' }, ...more }]);
    const [{ conditions } = {}] = statuses;
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'SecretSynced', status: 'False', reason: 'SecretWriteFailed' }),
    );
  });

  test('and with statuses too is away, however long that lasts', async () => {
    const { time, caches, reconcile } = busyWorld({ replaceStatus: () => Promise.reject(busy) });
    caches.shares.set(aShare());
    for (let n = 0; n < 4; n += 1) {
      await expect(reconcile(key)).rejects.toBe(busy);
      await time.advance(60_000);
    }
  });

  test('is forgotten once a Secret was written', async () => {
    let isBusy = true;
    const { time, caches, reconcile } = busyWorld({
      createSecret: () =>
        isBusy ? Promise.reject(busy) : Promise.resolve({ uid: 'secret-uid', resourceVersion: '9' }),
    });
    caches.shares.set(aShare());
    await expect(reconcile(key)).rejects.toBe(busy);
    isBusy = false;
    await reconcile(key);
    isBusy = true;
    await time.advance(60_000);
    caches.shares.set(aShare({}, undefined, { resourceVersion: '7' }));
    await expect(reconcile(key)).rejects.toBe(busy);
  });
});

describe('nothing is written for', () => {
  const deletionTimestamp = '2026-11-25T11:59:00Z';

  test.each([
    ['a Share', { deletionTimestamp }, {}],
    ['a namespace', {}, { deletionTimestamp }],
  ])('%s that is being deleted', async (_what, share, namespace) => {
    const { caches, calls, outcomes, reconcile } = world();
    caches.namespaces.set({ metadata: { name: 'vision', ...namespace } });
    caches.shares.set(aShare({}, undefined, share));
    await reconcile(key);
    expect([calls, outcomes]).toEqual([[], []]);
  });

  test('a namespace that is not known', async () => {
    const { caches, calls, reconcile } = world();
    caches.namespaces.delete('vision');
    caches.shares.set(aShare({}, published));
    await reconcile(key);
    expect(calls).toEqual([]);
  });
});

test('2,000 Shares on one name are one Secret, and hold the event loop for a few visits only', async () => {
  const { time, caches, calls, outcomes, reconcile } = world();
  const names = Array.from({ length: 2_000 }, (_, n) => `s-${n}`);
  for (const name of names) {
    caches.shares.set(aShare({ target: { secretName: 'one' } }, undefined, { name, uid: `uid-${name}` }));
  }
  const queue = createRateLimitingQueue({ timers: time });
  const waits = new Map<string, number>();
  let inTurn = 0;
  let most = 0;
  const controller = createController({
    name: 'share',
    queue,
    timers: time,
    workers: 16,
    async reconcile(name) {
      inTurn += 1;
      most = Math.max(most, inTurn);
      const result = await reconcile(name);
      waits.set(name, result?.requeueAfterMs ?? 0);
      return result;
    },
    onError: (_name, error) => {
      throw error;
    },
  });
  const running = controller.run();
  for (const name of names) queue.add(`vision/${name}`);
  for (let turns = 0; waits.size < names.length && turns < 5_000; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    inTurn = 0;
  }
  controller.shutDown();
  await running;
  expect(most).toBeLessThanOrEqual(32);
  expect(calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === 'issued')).toHaveLength(1);
  expect([...waits.values()].filter((ms) => ms === 45_000)).toHaveLength(1_999);
});
