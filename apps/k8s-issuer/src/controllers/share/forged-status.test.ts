import { Credentials, parseInstant } from '@valetkey/core';
import { parseClusterShareStore, parseSharePolicy, readShare, shareStatusFields } from '@valetkey/share';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { createMemoryShareApi } from '../../../test/doubles/memory-share-api.ts';
import { createScheduler } from '../../runtime/scheduler.ts';
import { createReconcile } from './reconcile.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

const key = 'vision/weights';
const apiVersion = 'valetkey.dev/v1alpha1';
const startMs = Date.parse('2026-11-24T10:00:00.250Z');
const lifetimeMs = 300_000;
const keys = new Credentials({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret-key' });

const aMetadata = { name: 'weights', namespace: 'vision', uid: 'a-uid', generation: 1 };
/** Longer than the visits that a conflict and a lagging cache may cost. */
const manyVisits = 12;

function anIssuer(spec: object = {}, isAllowed = true) {
  const time = createManualTime(startMs);
  const caches = createShareCaches();
  const api = createMemoryShareApi({
    apiVersion,
    kind: 'Share',
    metadata: aMetadata,
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'weights', key: 'vision/weights.bin' }],
      lifetime: '5m',
      ...spec,
    },
  });
  const store = { profile: 'aws', region: 'eu-central-1', credentials: { default: {} } };
  const allowedNamespaces = { names: ['vision'] };
  caches.clusterStores.set(
    parseClusterShareStore({
      apiVersion,
      kind: 'ClusterShareStore',
      metadata: { name: 'models' },
      spec: { ...store, allowedNamespaces },
    }),
  );
  const policy = {
    namespaces: { names: ['vision'] },
    stores: [{ kind: 'ClusterShareStore', name: 'models' }],
    buckets: ['models'],
    actions: ['download'],
    keys: ['{namespace}/{rest}'],
    lifetime: { default: '5m', max: '1h' },
  };
  if (isAllowed)
    caches.policies.set(
      parseSharePolicy({ apiVersion, kind: 'SharePolicy', metadata: { name: 'all' }, spec: policy }),
    );
  caches.namespaces.set({ metadata: { name: 'vision' } });
  const memory = createShareMemory();
  const scheduler = createScheduler({
    clock: time,
    timers: time,
    due: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  const reconcile = createReconcile({
    caches,
    memory,
    api,
    signer: {
      sign: async () => ({ identity: 'us', credentials: async () => keys }),
      identify: async () => 'us',
    },
    scheduler,
    clock: time,
    random: () => 0,
    isCurrent: () => true,
    unguarded: () => undefined,
    deletesEnded: false,
    onOutcome: () => undefined,
  });
  const hear = () => {
    const share = readShare(api.share());
    caches.shares.set(share);
    memory.hears(key, share);
  };
  return {
    time,
    api,
    scheduler,
    restart: () => memory.clear(),
    status: () => readShare(api.share()).status,
    /** Visits until nothing is left to do. */
    settle: async () => {
      hear();
      for (let n = 0; n < manyVisits; n += 1) {
        const before = api.writes();
        const result = await reconcile(key);
        hear();
        if (result?.requeueAfterMs !== undefined) await time.advance(result.requeueAfterMs);
        else if (api.writes() === before) return;
      }
      throw new Error(`still at work after ${manyVisits} visits`);
    },
  };
}

const clock = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.map(two).join(':'));
/** What the API server takes for a date-time is more than the calendar has. */
const dateTime = fc.oneof(
  fc.constantFrom(
    '9999-99-99T99:99:99Z',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00z',
  ),
  fc
    .tuple(
      fc.nat(9999),
      fc.nat(99),
      fc.nat(99),
      clock,
      fc.constantFrom('Z', 'z', '+99:99', '.123456789Z', '-00:00'),
    )
    .map(([y, m, d, t, zone]) => `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}T${t}${zone}`),
  fc.integer({ min: -600, max: 1_200 }).map((seconds) => new Date(startMs + seconds * 1_000).toISOString()),
);
const number = fc.oneof(fc.constantFrom(0, -1, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e308, 0.5), fc.integer());
const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '18446744073709551616',
    '__proto__',
    '\u0000',
    '\ud800',
    'a'.repeat(40_000),
  ),
  fc.string({ unit: 'binary' }),
);
const anything = fc.oneof(dateTime, number, text, fc.jsonValue());
const condition = fc.record(
  {
    type: fc.oneof(fc.constantFrom('Ready', 'Authorized', 'Stalled'), text),
    status: fc.constantFrom('True', 'False', 'Unknown', 'Maybe'),
    reason: fc.oneof(fc.constant('Issued'), text),
    message: text,
    lastTransitionTime: dateTime,
    observedGeneration: number,
  },
  { requiredKeys: [] },
);
const secretRef = fc.record(
  { name: fc.oneof(fc.constant('weights'), text), uid: text, resourceVersion: text },
  { requiredKeys: [] },
);
/** Any fields of a status, each with what fits it or anything else. */
const forgery = fc.record(
  Object.fromEntries(
    shareStatusFields.map((name): [string, fc.Arbitrary<unknown>] => {
      if (name.endsWith('Time')) return [name, fc.oneof({ weight: 3, arbitrary: dateTime }, anything)];
      if (name === 'conditions') return [name, fc.oneof(fc.array(condition, { maxLength: 20 }), anything)];
      if (name === 'secretRef') return [name, fc.oneof(secretRef, anything)];
      return [name, anything];
    }),
  ),
  { requiredKeys: [] },
);
/** In place of the whole status, or over what the issuer wrote. */
const attack = fc.record({ fields: forgery, isWhole: fc.boolean() });
const forged = (status: object | undefined, { fields, isWhole }: { fields: object; isWhole: boolean }) =>
  isWhole ? fields : { ...status, ...fields };

test('a running issuer takes back whatever is written into a status, and then rests', async () => {
  await fc.assert(
    fc.asyncProperty(attack, async (it) => {
      const { api, settle, status, scheduler } = anIssuer();
      await settle();
      const own = status();
      api.forge(forged(own, it));
      await settle();
      const secret = api.secret();
      expect(status()?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
      expect(secret?.stringData?.['expires-at']).toBe(status()?.expirationTime);
      expect(scheduler.dueAt(key)).toBe(Date.parse(secret?.stringData?.['renew-at'] ?? ''));
    }),
    { numRuns: 200 },
  );
});

test('no status keeps an issuer that has just started from renewing within a lifetime', async () => {
  await fc.assert(
    fc.asyncProperty(attack, fc.boolean(), async (it, isPublished) => {
      const { api, settle, status, scheduler, restart, time } = anIssuer();
      if (isPublished) await settle();
      api.forge(forged(status(), it));
      restart();
      await settle();
      const dueMs = scheduler.dueAt(key) ?? Number.NaN;
      expect(dueMs - time.now()).toBeGreaterThan(0);
      expect(dueMs - time.now()).toBeLessThanOrEqual(lifetimeMs);
      await time.advance(dueMs - time.now());
      const before = api.writes();
      await settle();
      expect(api.writes()).toBe(before + 2);
      expect(parseInstant(api.secret()?.stringData?.['expires-at'] ?? '', 'expires-at')).toBeGreaterThan(
        time.now() + lifetimeMs - 1_000,
      );
    }),
    { numRuns: 200 },
  );
});

test.each<[string, object, boolean]>([
  ['denied', {}, false],
  ['suspended', { suspend: true }, true],
  ['ended', { endTime: '2026-11-24T09:00:00Z' }, true],
  ['of no schema', { bucket: '..' }, true],
  ['about to end', { endTime: '2026-11-24T10:00:20Z', ttlAfterEnd: '1h' }, true],
])('a Share that is %s is left in peace whatever its status says', async (_what, spec, isAllowed) => {
  await fc.assert(
    fc.asyncProperty(attack, async (it) => {
      const { api, settle, status } = anIssuer(spec, isAllowed);
      await settle();
      api.forge(forged(status(), it));
      await settle();
      expect(status()?.observedGeneration).toBe(1);
    }),
    { numRuns: 60 },
  );
});

function two(part: number): string {
  return String(part).padStart(2, '0');
}
