import type { Share, ShareInputs } from '@valetkey/share';
import { secretKeyOf, toNamespaceFacts, type ShareCaches } from './share-caches.ts';

/**
 * All that the decision about one Share needs, at one instant; nothing when nothing may be written: the Share or
 * its namespace is gone or on its way.
 */
export function gather(caches: ShareCaches, key: string, nowMs: number): ShareInputs | undefined {
  const share = caches.shares.get(key);
  if (share === undefined || share.metadata.deletionTimestamp !== undefined) return undefined;
  const namespace = caches.namespaces.get(share.metadata.namespace ?? '');
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return undefined;
  return {
    share,
    namespace: toNamespaceFacts(namespace),
    policies: [...caches.policies.values()],
    store: storeOf(caches, share),
    rival: rivalOf(caches, share),
    nowMs,
  };
}

function storeOf(caches: ShareCaches, share: Share): ShareInputs['store'] {
  const { kind, name } = share.spec.storeRef;
  return kind === 'ClusterShareStore'
    ? caches.clusterStores.get(name)
    : caches.stores.get(`${share.metadata.namespace ?? ''}/${name}`);
}

/** Of several Shares on one Secret name the oldest has it, then the one with the smaller uid. */
function rivalOf(caches: ShareCaches, share: Share): string | undefined {
  const [first] = caches.shares
    .byIndex('secret', secretKeyOf(share))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => (seniority(a) < seniority(b) ? -1 : 1));
  return first === undefined || first.metadata.uid === share.metadata.uid ? undefined : first.metadata.name;
}

function seniority({ metadata }: Share): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.uid ?? ''}`;
}
