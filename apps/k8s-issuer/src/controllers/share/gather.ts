import {
  secretNameOf,
  toStoreInputs,
  type InvalidShare,
  type Share,
  type ShareInputs,
} from '@valetkey/share';
import { secretKeyOf, toNamespaceFacts, type CachedStore, type ShareCaches } from './share-caches.ts';

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

function storeOf(caches: ShareCaches, share: Share): CachedStore | undefined {
  const { kind, name } = share.spec.storeRef;
  return kind === 'ClusterShareStore'
    ? caches.clusterStores.get(name)
    : caches.stores.get(`${share.metadata.namespace ?? ''}/${name}`);
}

/**
 * Of several Shares on one Secret name the one that has made it keeps it, since nobody else could write it; before
 * that the oldest has it, then the one with the smaller uid. See docs/adr/0008-a-secret-keeps-its-share.md.
 */
function rivalOf(caches: ShareCaches, share: Share): string | undefined {
  const contenders = caches.shares.byIndex('secret', secretKeyOf(share));
  if (contenders.length === 1) return undefined;
  let first = { share, claim: claim(share) };
  for (const one of contenders) {
    if (one.kind !== 'Share' || one.metadata.deletionTimestamp !== undefined) continue;
    const its = claim(one);
    if (its < first.claim) first = { share: one, claim: its };
  }
  return first.share.metadata.uid === share.metadata.uid ? undefined : first.share.metadata.name;
}

function claim(share: Share): string {
  const { creationTimestamp, uid } = share.metadata;
  const hasMadeIt = share.status?.secretRef?.name === secretNameOf(share);
  return `${hasMadeIt ? 0 : 1} ${creationTimestamp ?? ''} ${uid ?? ''}`;
}
