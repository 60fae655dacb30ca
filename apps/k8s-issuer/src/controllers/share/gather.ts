import {
  secretKeyOf,
  toStoreInputs,
  type InvalidShare,
  type Share,
  type ShareInputs,
  type ShareStatus,
} from '@valetkey/share';
import { toNamespaceFacts, type CachedShare, type CachedStore, type ShareCaches } from './share-caches.ts';

/** What a visit starts from. */
export type Gathered = { readonly kind: 'share'; readonly inputs: ShareInputs } | InvalidShare;

/**
 * All that the decision about one Share needs, at one instant; nothing when nothing may be written: the Share or
 * its namespace is gone or on its way.
 */
export function gather(caches: ShareCaches, key: string, nowMs: number): Gathered | undefined {
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
    rival: rivalOf(caches, share),
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

/** Another Share with a better claim on the same Secret. */
function rivalOf(caches: ShareCaches, share: Share): string | undefined {
  const first = caches.shares.first('claim', secretKeyOf(share));
  return first === undefined || first.metadata.uid === share.metadata.uid ? undefined : first.metadata.name;
}
