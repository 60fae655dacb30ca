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
  type PlatformFinding,
} from '@valetkey/share';
import type { KubeClient } from '../../kube/client.ts';
import { toMergePatch } from '../../kube/merge-patch.ts';

const group = '/apis/valetkey.dev/v1alpha1';
/** Keys in a Secret may be rotated at any time, other sources tell when theirs end. */
const rotationMs = 15_000;
const otherMs = 300_000;

/** What a visit needs. */
export interface StoreReconcileOptions {
  readonly client: Pick<KubeClient, 'patchStatus'>;
  readonly clock: Clock;
  /** The store of a queue's key. */
  readonly storeOf: (key: string) => AnyShareStore | undefined;
  /** Fetches the store's credentials. @returns who they are of, without any secret */
  readonly identify: (store: AnyShareStore) => Promise<string>;
  /** Told when other credentials sign, or some do again; it must not throw. */
  readonly onChange: (store: AnyShareStore) => void;
  /** Whether the status of this store may be written. */
  readonly mayReport: (store: AnyShareStore) => boolean;
}

/** `name`, or `namespace/name` of a namespaced store. */
export function toStoreKey({ kind, metadata: { name, namespace } }: AnyShareStore): string {
  return kind === 'ClusterShareStore' ? name : `${namespace ?? ''}/${name}`;
}

/** Creates the function that a controller calls with a store's key. */
export function createStoreReconcile(
  options: StoreReconcileOptions,
): (key: string) => Promise<{ readonly requeueAfterMs: number } | void> {
  const { client, clock, storeOf, onChange, mayReport } = options;
  const identities = new Map<string, string>();
  return async (key) => {
    const store = storeOf(key);
    if (store === undefined || store.metadata.deletionTimestamp !== undefined) {
      identities.delete(key);
      return;
    }
    const { finding, identity } = await judge(store, options);
    const before = identities.get(key);
    identities.set(key, identity);
    if (before !== undefined && before !== identity && identity !== '') onChange(store);
    const patch = toMergePatch(store.status ?? {}, toPlatformStatus(store, finding, clock.now()));
    if (Object.keys(patch).length > 0 && mayReport(store)) {
      await client.patchStatus(pathOf(store), { status: patch });
    }
    const isStatic = store.spec.credentials.secretRef !== undefined;
    return { requeueAfterMs: isStatic || identity === '' ? rotationMs : otherMs };
  };
}

/** An identity is empty when there is none. */
async function judge(
  store: AnyShareStore,
  { identify }: StoreReconcileOptions,
): Promise<{ readonly finding: PlatformFinding; readonly identity: string }> {
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

function pathOf({ kind, metadata: { name, namespace } }: AnyShareStore): string {
  return kind === 'ClusterShareStore'
    ? `${group}/clustersharestores/${encodeURIComponent(name)}`
    : `${group}/namespaces/${encodeURIComponent(namespace ?? '')}/sharestores/${encodeURIComponent(name)}`;
}
