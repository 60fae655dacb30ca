import type { SigningCredentials } from '../signing/credentials.ts';
import type { LifetimeBounds } from '../signing/effective-lifetime.ts';
import type { Store } from '../store/store.ts';
import type { Grant } from './grant.ts';

/** What bounds the life of every URL of a grant: its own terms, the store, and the credentials that sign it. */
export function grantBounds(grant: Grant, store: Store, credentials: SigningCredentials): LifetimeBounds {
  return {
    askedSeconds: grant.lifetimeSeconds,
    askedBy: grant.lifetimeFrom,
    storeMaxSeconds: store.maxLifetimeSeconds,
    credentialsExpireAtMs: credentials.expiresAtMs,
    notAfterMs: grant.notAfterMs,
  };
}
