/** Which Shares a change of something else concerns. */
import { secretKeyOf } from '@valetkey/share';
import { toObjectKey } from '../../runtime/object-key.ts';
import {
  bucketsOf,
  storeKindOf,
  type CachedPolicy,
  type CachedShare,
  type CachedStore,
  type Namespace,
  type ShareCaches,
} from './share-caches.ts';

export function sharesUnderPolicy(caches: ShareCaches, policy: CachedPolicy): string[] {
  return toKeys(bucketsOf(policy).flatMap((bucket) => caches.shares.byIndex('bucket', bucket)));
}

export function sharesOfStore(caches: ShareCaches, store: CachedStore): string[] {
  return toKeys(caches.shares.byIndex('store', `${storeKindOf(store)} ${toObjectKey(store)}`));
}

export function sharesInNamespace(caches: ShareCaches, namespace: Namespace): string[] {
  return toKeys(caches.shares.byIndex('namespace', namespace.metadata.name));
}

/** The Share itself, and the one that has its Secret's name next. The others still wait, and look for themselves. */
export function sharesOnSecret(caches: ShareCaches, share: CachedShare): string[] {
  if (share.kind === 'InvalidShare') return toKeys([share]);
  const next = caches.shares.first('claim', secretKeyOf(share));
  return toKeys(next === undefined ? [share] : [share, next]);
}

function toKeys(shares: readonly CachedShare[]): string[] {
  return [...new Set(shares.map((share) => toObjectKey(share)))];
}
