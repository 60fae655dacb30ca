import { Credentials } from '@valetkey/core';
import {
  parseClusterShareStore,
  parseSharePolicy,
  readShare,
  toEmptySecret,
  type ShareOutcome,
} from '@valetkey/share';

import { createReconcile } from '../../src/controllers/share/reconcile.ts';
import { createSecretCheck } from '../../src/controllers/share/secret-check.ts';
import { createShareCaches } from '../../src/controllers/share/share-caches.ts';
import { createShareMemory } from '../../src/controllers/share/share-memory.ts';
import { createScheduler } from '../../src/runtime/scheduler.ts';
import { createManualTime } from './manual-time.ts';
import { createMemoryShareApi } from './memory-share-api.ts';

const apiVersion = 'valetkey.dev/v1alpha1';
const keys = new Credentials({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'canary-secret-key' });
const aMetadata = { name: 'weights', namespace: 'vision', uid: 'a-uid', generation: 1 };
/** Longer than the visits that a conflict and a lagging cache may cost. */
const manyVisits = 12;

/** The queue's key of the one Share. */
export const loneKey = 'vision/weights';
export const loneStartMs = Date.parse('2026-11-24T10:00:00.250Z');
/** Of its URLs. */
export const loneLifetimeMs = 300_000;

/** See {@link createLoneIssuer}. */
export type LoneIssuer = ReturnType<typeof createLoneIssuer>;

/** An issuer with one Share, which a policy allows unless told otherwise, and an API server in memory. */
export function createLoneIssuer(spec: object = {}, isAllowedAtFirst = true) {
  const time = createManualTime(loneStartMs);
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
  const setAllowed = (isAllowed: boolean): void => {
    if (!isAllowed) return void caches.policies.delete('all');
    caches.policies.set(
      parseSharePolicy({ apiVersion, kind: 'SharePolicy', metadata: { name: 'all' }, spec: policy }),
    );
  };
  setAllowed(isAllowedAtFirst);
  caches.namespaces.set({ metadata: { name: 'vision' } });
  const memory = createShareMemory();
  const outcomes: ShareOutcome[] = [];
  let isBusy = false;
  const scheduler = createScheduler({
    clock: time,
    timers: time,
    due: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  const unchecked = new Set<string>();
  const toVisit = new Set<string>();
  const secretCheck = createSecretCheck({
    caches,
    memory,
    api,
    unguarded: () => undefined,
    add: (key) => toVisit.add(key),
    onProbe: () => undefined,
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
    othersWait: () => isBusy,
    unguarded: () => undefined,
    check: (key) => unchecked.add(key),
    deletesEnded: false,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const share = () => readShare(api.share());
  const hear = (): void => {
    caches.shares.set(share());
    memory.hears(loneKey, share());
  };
  const visit = async () => {
    hear();
    const result = await reconcile(loneKey);
    hear();
    return result;
  };
  /** The check that visits have asked for. */
  const check = async (): Promise<void> => {
    if (unchecked.delete(loneKey)) await secretCheck(loneKey);
  };
  return {
    time,
    api,
    caches,
    memory,
    scheduler,
    outcomes,
    setAllowed,
    setBusy: (is: boolean) => void (isBusy = is),
    restart: () => {
      memory.clear();
      unchecked.clear();
    },
    status: () => share().status,
    ready: () => share().status?.conditions?.find(({ type }) => type === 'Ready'),
    /** How many entries the Secret has. */
    entries: () => Object.keys(api.secret()?.stringData ?? {}).length,
    visit,
    check,
    /** As the drift probe does. @returns what it found */
    probe: async () => {
      const { secretRef } = share().status ?? {};
      if (secretRef === undefined || memory.withdrawalOf(loneKey, share()) !== undefined) return undefined;
      const { uid, resourceVersion } = secretRef;
      const found = await api.probeSecret(toEmptySecret(share(), 'weights'), { uid, resourceVersion });
      const isUntouched = found === 'untouched';
      if (!isUntouched) memory.drifted(loneKey, resourceVersion);
      return isUntouched;
    },
    /** Visits, and checks where visits ask for it, until nothing is left to do. */
    settle: async () => {
      for (let n = 0; n < manyVisits; n += 1) {
        const before = api.writes();
        const result = await visit();
        await check();
        if (toVisit.delete(loneKey)) continue;
        if (result?.requeueAfterMs !== undefined) await time.advance(result.requeueAfterMs);
        else if (api.writes() === before) return;
      }
      throw new Error(`still at work after ${manyVisits} visits`);
    },
  };
}

/** What may happen to a Share between two visits, by name; what is none of these is time that passes. */
export async function happen({ probe, setAllowed, setBusy, api, status, time }: LoneIssuer, what: string) {
  switch (what) {
    case 'probe':
      return void (await probe());
    case 'allow':
    case 'deny':
      return setAllowed(what === 'allow');
    case 'busy':
    case 'idle':
      return setBusy(what === 'busy');
    case 'edit':
      return api.forge(status());
    default:
      return time.advance(200_000);
  }
}
