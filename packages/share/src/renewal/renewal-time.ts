/** A Share is renewed at the earliest this long after it was issued, in milliseconds. */
export const soonestRenewalMs = 30_000;
const leastLeadMs = 180_000;
/** Part of the lifetime over which renewals of different Shares are spread. */
const spread = 0.05;

/** What decides when a Share is renewed. */
export interface RenewalTerms {
  /** Milliseconds since the epoch. */
  readonly issuedMs: number;
  /** Effective lifetime. */
  readonly lifetimeMs: number;
  /** `spec.renewal.before`. */
  readonly beforeMs?: number | undefined;
  readonly uid: string;
}

/**
 * When to renew, in milliseconds since the epoch: the same after a restart, never later than planned, spread
 * over Shares by a hash of the uid.
 */
export function renewalTimeMs({ issuedMs, lifetimeMs, beforeMs, uid }: RenewalTerms): number {
  const lead = Math.min(Math.max(beforeMs ?? lifetimeMs / 3, leastLeadMs), lifetimeMs / 2);
  const jitter = Math.floor(lifetimeMs * spread * fractionOf(uid));
  return Math.max(Math.floor(issuedMs + lifetimeMs - lead) - jitter, issuedMs + soonestRenewalMs);
}

/** FNV-1a over UTF-16 units with a final mix, as a fraction of 2³²: [0, 1). */
function fractionOf(uid: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < uid.length; index += 1) {
    hash = Math.imul(hash ^ uid.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
