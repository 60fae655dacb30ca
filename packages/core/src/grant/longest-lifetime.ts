import type { Policy } from '../policy/policy.ts';
import { effectiveLifetime } from '../signing/effective-lifetime.ts';
import type { LifetimeLimiter } from '../signing/presigned-url.ts';
import type { Store } from '../store/store.ts';

/**
 * The longest life, in seconds, of a URL signed now under a policy, and what bounds it: what a user interface
 * says beside the choice of an expiration.
 * @throws ValetkeyError `credentials-expired`
 * @public
 */
export function longestLifetime(
  policy: Policy,
  store: Store,
  credentials: { readonly expiresAtMs?: number | undefined },
  nowMs: number,
): { readonly seconds: number; readonly limitedBy: LifetimeLimiter } {
  return effectiveLifetime(
    {
      askedSeconds: policy.lifetime.maxSeconds,
      askedBy: 'policy',
      storeMaxSeconds: store.maxLifetimeSeconds,
      credentialsExpireAtMs: credentials.expiresAtMs,
    },
    nowMs,
  );
}
