import { parseInstant } from '@valetkey/core';
import type { CachedShare, ShareCaches } from './share-caches.ts';

/**
 * Seconds until the published URL that ends first does; negative when it has ended, undefined without URLs. A Share
 * that is suspended, whose `endTime` ends its URLs, or that is being deleted, itself or with its namespace, is not
 * renewed on purpose and does not count.
 */
export function secondsToFirstExpiry(
  { shares, namespaces }: Pick<ShareCaches, 'shares' | 'namespaces'>,
  nowMs: number,
): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const share of shares.values()) {
    const { status, metadata } = share;
    if (status?.expirationTime === undefined || endsOnPurpose(share)) continue;
    const namespace = namespaces.get(metadata.namespace ?? '');
    if ((metadata.deletionTimestamp ?? namespace?.metadata.deletionTimestamp) !== undefined) continue;
    first = Math.min(first, parseInstant(status.expirationTime, 'expirationTime'));
  }
  return first === Number.POSITIVE_INFINITY ? undefined : (first - nowMs) / 1000;
}

function endsOnPurpose(share: CachedShare): boolean {
  return (share.kind === 'Share' && share.spec.suspend) || share.status?.clampedBy === 'end-time';
}
