/** Which Shares a change of something else concerns. */
import type { AnyShareStore, SharePolicy } from '@valetkey/share';
import { toObjectKey } from '../../runtime/object-key.ts';
import { secretKeyOf, type CachedShare, type Namespace, type ShareCaches } from './share-caches.ts';

export function sharesUnderPolicy(caches: ShareCaches, policy: SharePolicy): string[] {
  return toKeys(policy.spec.buckets.flatMap((bucket) => caches.shares.byIndex('bucket', bucket)));
}

export function sharesOfStore(caches: ShareCaches, store: AnyShareStore): string[] {
  return toKeys(caches.shares.byIndex('store', `${store.kind} ${toObjectKey(store)}`));
}

export function sharesInNamespace(caches: ShareCaches, namespace: Namespace): string[] {
  return toKeys(caches.shares.byIndex('namespace', namespace.metadata.name));
}

/** The Share itself, and those that wait for its Secret's name. */
export function sharesOnSecret(caches: ShareCaches, share: CachedShare): string[] {
  if (share.kind === 'InvalidShare') return toKeys([share]);
  return toKeys([share, ...caches.shares.byIndex('secret', secretKeyOf(share))]);
}

function toKeys(shares: readonly CachedShare[]): string[] {
  return [...new Set(shares.map((share) => toObjectKey(share)))];
}
