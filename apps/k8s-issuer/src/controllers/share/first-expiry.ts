import { parseInstant } from '@valetkey/core';
import type { CachedShare } from './share-caches.ts';

/**
 * Seconds until the published URL that ends first does; negative when it has ended, undefined without URLs. A Share
 * that is suspended, or whose `endTime` ends its URLs, is not renewed on purpose and does not count.
 */
export function secondsToFirstExpiry(shares: Iterable<CachedShare>, nowMs: number): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const share of shares) {
    const { status } = share;
    const endsOnPurpose = (share.kind === 'Share' && share.spec.suspend) || status?.clampedBy === 'end-time';
    if (status?.expirationTime === undefined || endsOnPurpose) continue;
    first = Math.min(first, parseInstant(status.expirationTime, 'expirationTime'));
  }
  return first === Number.POSITIVE_INFINITY ? undefined : (first - nowMs) / 1000;
}
