import {
  hasMadeSecret,
  secretKeyOf,
  secretNameOf,
  toStoreInputs,
  type InvalidShare,
  type Share,
  type ShareInputs,
  type ShareStatus,
} from '@valetkey/share';
import { toNamespaceFacts, type CachedShare, type CachedStore, type ShareCaches } from './share-caches.ts';
import type { ShareMemory } from './share-memory.ts';

/** What a visit starts from. */
export type Gathered = { readonly kind: 'share'; readonly inputs: ShareInputs } | InvalidShare;

/**
 * All that the decision about one Share needs, at one instant; nothing when nothing may be written: the Share or
 * its namespace is gone or on its way.
 */
export function gather(
  caches: ShareCaches,
  memory: Pick<ShareMemory, 'filledOf'>,
  key: string,
  nowMs: number,
): Gathered | undefined {
  const share = caches.shares.get(key);
  if (share === undefined || share.metadata.deletionTimestamp !== undefined) return undefined;
  const namespace = caches.namespaces.get(share.metadata.namespace ?? '');
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return undefined;
  if (share.kind === 'InvalidShare') return share;
  const policies = [...caches.policies.values()];
  const inputs = {
    share,
    namespace: toNamespaceFacts(namespace),
    policies: policies.filter((policy) => policy.kind === 'SharePolicy'),
    invalidPolicies: policies.filter((policy) => policy.kind === 'InvalidSharePolicy'),
    ...toStoreInputs(storeOf(caches, share)),
    rival: rivalOf(caches, share, memory.filledOf(key, share)),
    nowMs,
  };
  return { kind: 'share', inputs };
}

/** The Share that a visit is to. */
export function shareOf(gathered: Gathered): CachedShare {
  return gathered.kind === 'share' ? gathered.inputs.share : gathered;
}

/** The same, but for the status, of which more is known than the cache has. */
export function withStatus(gathered: Gathered, status: ShareStatus): Gathered {
  if (gathered.kind !== 'share') return { ...gathered, status };
  return { ...gathered, inputs: { ...gathered.inputs, share: { ...gathered.inputs.share, status } } };
}

function storeOf(caches: ShareCaches, share: Share): CachedStore | undefined {
  const { kind, name } = share.spec.storeRef;
  return kind === 'ClusterShareStore'
    ? caches.clusterStores.get(name)
    : caches.stores.get(`${share.metadata.namespace ?? ''}/${name}`);
}

/**
 * Another Share with a better claim on the same Secret. What was written for this one gives it a claim before a status
 * says so: if that got lost, an elder could not write the Secret, and nobody would have it.
 */
function rivalOf(caches: ShareCaches, share: Share, written: string | undefined): string | undefined {
  const first = caches.shares.first('claim', secretKeyOf(share));
  if (first?.kind !== 'Share' || first.metadata.uid === share.metadata.uid) return undefined;
  return written === secretNameOf(share) && !hasMadeSecret(first) ? undefined : first.metadata.name;
}
