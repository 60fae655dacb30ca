import { ValetkeyError } from '../errors.ts';
import { formatInstant } from '../instant.ts';
import type { LifetimeLimiter } from './presigned-url.ts';

/** A URL ends this much before the credentials that signed it, in seconds: clocks differ. */
const credentialsMarginSeconds = 60;

/** What bounds a lifetime. */
export interface LifetimeBounds {
  /** Seconds, 1…604800. */
  readonly askedSeconds: number;
  /** Who named `askedSeconds`. */
  readonly askedBy: 'asked' | 'policy';
  readonly storeMaxSeconds?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly credentialsExpireAtMs?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfterMs?: number | undefined;
}

/** The lifetime that is signed. */
export interface EffectiveLifetime {
  readonly seconds: number;
  readonly limitedBy: LifetimeLimiter;
}

/**
 * The shortest of what was asked, what the store allows, what is left of the credentials less a margin, and
 * what is left until the end time.
 * @throws ValetkeyError `credentials-expired` when less than the margin is left of the credentials,
 * `invalid-lifetime` when the end time has passed
 */
export function effectiveLifetime(bounds: LifetimeBounds, nowMs: number): EffectiveLifetime {
  const { askedSeconds, askedBy, storeMaxSeconds, credentialsExpireAtMs, notAfterMs } = bounds;
  let lifetime: EffectiveLifetime = { seconds: askedSeconds, limitedBy: askedBy };
  if (storeMaxSeconds !== undefined && storeMaxSeconds < lifetime.seconds) {
    lifetime = { seconds: storeMaxSeconds, limitedBy: 'store' };
  }
  if (credentialsExpireAtMs !== undefined) {
    const left = leftOfCredentials(credentialsExpireAtMs, nowMs);
    if (left < lifetime.seconds) lifetime = { seconds: left, limitedBy: 'credentials' };
  }
  if (notAfterMs !== undefined) {
    const left = leftUntilEnd(notAfterMs, nowMs);
    if (left < lifetime.seconds) lifetime = { seconds: left, limitedBy: 'end-time' };
  }
  return lifetime;
}

function leftOfCredentials(expireAtMs: number, nowMs: number): number {
  const left = Math.floor((expireAtMs - nowMs) / 1000) - credentialsMarginSeconds;
  if (left >= 1) return left;
  throw new ValetkeyError('credentials-expired', {
    field: 'credentials',
    expected: `more than ${credentialsMarginSeconds} seconds left of them`,
    got: `an expiry at ${formatInstant(expireAtMs)}`,
    hint: 'Refresh the credentials and try again.',
  });
}

function leftUntilEnd(notAfterMs: number, nowMs: number): number {
  const left = Math.floor((notAfterMs - nowMs) / 1000);
  if (left >= 1) return left;
  throw new ValetkeyError('invalid-lifetime', {
    field: 'end time',
    expected: 'an end time in the future',
    got: formatInstant(notAfterMs),
  });
}
