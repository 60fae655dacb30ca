import { parseInstant } from '@valetkey/core';
import type { Share } from '@valetkey/share';

/**
 * Seconds until the published URL that ends first does; negative when it has ended, undefined without URLs. A Share
 * that is suspended, or whose `endTime` ends its URLs, is not renewed on purpose and does not count.
 */
export function secondsToFirstExpiry(shares: Iterable<Share>, nowMs: number): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { spec, status } of shares) {
    if (status?.expirationTime === undefined || spec.suspend || status.clampedBy === 'end-time') continue;
    first = Math.min(first, parseInstant(status.expirationTime, 'expirationTime'));
  }
  return first === Number.POSITIVE_INFINITY ? undefined : (first - nowMs) / 1000;
}
