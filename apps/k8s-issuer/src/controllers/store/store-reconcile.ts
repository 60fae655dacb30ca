/**
 * One visit to one store: whether its URLs can be signed. The store itself is never called. Static keys are read again
 * and again, since nobody tells when a Secret that may not be watched is rotated.
 */
import { redact, ValetkeyError, type Clock } from '@valetkey/core';
import {
  platformReasons,
  reasonOf,
  toPlatformStatus,
  toStore,
  type AnyShareStore,
  type InvalidStore,
  type PlatformFinding,
} from '@valetkey/share';
import type { KubeClient } from '../../kube/client.ts';
import { toMergePatch } from '../../kube/merge-patch.ts';
import { patchSeenStatus } from '../../kube/patch-status.ts';

const group = '/apis/valetkey.dev/v1alpha1';
/** Keys in a Secret may be rotated at any time, other sources tell when theirs end. */
const rotationMs = 15_000;
const otherMs = 300_000;
/** How soon to look again when the cache was behind. */
const staleCacheWaitMs = 1_000;

type StoredStore = AnyShareStore | InvalidStore;

/** What a visit needs. */
export interface StoreReconcileOptions {
  readonly client: Pick<KubeClient, 'patchStatus'>;
  readonly clock: Clock;
  /** The store of a queue's key. */
  readonly storeOf: (key: string) => StoredStore | undefined;
  /** Fetches the store's credentials. @returns who they are of, without any secret */
  readonly identify: (store: AnyShareStore) => Promise<string>;
  /** Told when other credentials sign, or some do again; it must not throw. */
  readonly onChange: (store: AnyShareStore) => void;
  /** Whether the status of this store may be written. */
  readonly mayReport: (store: StoredStore) => boolean;
}

/** `name`, or `namespace/name` of a namespaced store. */
export function toStoreKey(store: StoredStore): string {
  const { name, namespace } = store.metadata;
  return isOfCluster(store) ? name : `${namespace ?? ''}/${name}`;
}

/** Creates the function that a controller calls with a store's key. */
export function createStoreReconcile(
  options: StoreReconcileOptions,
): (key: string) => Promise<{ readonly requeueAfterMs: number } | undefined> {
  const { client, clock, storeOf, onChange, mayReport } = options;
  const identities = new Map<string, string>();
  return async (key) => {
    const store = storeOf(key);
    if (store === undefined || store.metadata.deletionTimestamp !== undefined) {
      identities.delete(key);
      return undefined;
    }
    const { finding, identity } = await judge(store, options);
    const before = identities.get(key);
    identities.set(key, identity);
    if (before !== undefined && before !== identity && identity !== '' && 'spec' in store) onChange(store);
    const patch = toMergePatch(store.status ?? {}, toPlatformStatus(store, finding, clock.now()));
    if (Object.keys(patch).length > 0 && mayReport(store)) {
      const { resourceVersion } = store.metadata;
      const isWritten = await patchSeenStatus(client, pathOf(store), resourceVersion, patch);
      if (!isWritten) return { requeueAfterMs: staleCacheWaitMs };
    }
    // Nothing but an edit mends an object that breaks a rule, and an edit is heard of.
    if (!('spec' in store)) return undefined;
    const isStatic = store.spec.credentials.secretRef !== undefined;
    return { requeueAfterMs: isStatic || identity === '' ? rotationMs : otherMs };
  };
}

/** An identity is empty when there is none. */
async function judge(
  store: StoredStore,
  { identify }: StoreReconcileOptions,
): Promise<{ readonly finding: PlatformFinding; readonly identity: string }> {
  if (!('spec' in store)) return { finding: store.finding, identity: '' };
  try {
    toStore(store);
  } catch (error) {
    return { finding: toFinding(error, 'StoreUnavailable'), identity: '' };
  }
  try {
    const identity = await identify(store);
    return { finding: { reason: 'Available', message: 'its credentials are at hand' }, identity };
  } catch (error) {
    return { finding: toFinding(error, 'CredentialsUnavailable'), identity: '' };
  }
}

function toFinding(
  error: unknown,
  otherwise: 'StoreUnavailable' | 'CredentialsUnavailable',
): PlatformFinding {
  if (!(error instanceof ValetkeyError)) throw error;
  const known = reasonOf(error.code, otherwise);
  const reason = platformReasons.find((one) => one === known) ?? otherwise;
  return { reason, message: redact(error.message) };
}

function isOfCluster({ kind }: StoredStore): boolean {
  return kind === 'ClusterShareStore' || kind === 'InvalidClusterShareStore';
}

function pathOf(store: StoredStore): string {
  const { name, namespace } = store.metadata;
  return isOfCluster(store)
    ? `${group}/clustersharestores/${encodeURIComponent(name)}`
    : `${group}/namespaces/${encodeURIComponent(namespace ?? '')}/sharestores/${encodeURIComponent(name)}`;
}
