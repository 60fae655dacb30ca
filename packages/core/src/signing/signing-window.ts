import { ValetkeyError } from '../errors.ts';
import { maxLifetimeSeconds } from '../grammar/lifetime.ts';
import { quote } from '../grammar/quote.ts';
import { effectiveLifetime, type EffectiveLifetime, type LifetimeBounds } from './effective-lifetime.ts';

/** From when a URL is dated and how long it lives from then. */
export interface SigningWindow {
  /** Milliseconds since the epoch, a whole second: a store counts from one, and so does what is reported. */
  readonly startMs: number;
  readonly lifetime: EffectiveLifetime;
}

/**
 * The present second without a window; with one, the beginning of the window, and a life longer by its length. What
 * is left of the window can then never be taken from the life that was asked for.
 * @throws ValetkeyError `invalid-lifetime` for a window that is none, and what {@link effectiveLifetime} throws
 */
export function signingWindow(
  bounds: LifetimeBounds,
  nowMs: number,
  cacheWindowSeconds: number,
): SigningWindow {
  const nowSeconds = Math.floor(nowMs / 1000);
  // From the second that the URL is dated with: what is left of this one is life, too.
  const lifetime = effectiveLifetime(bounds, nowSeconds * 1000);
  const { askedSeconds, storeMaxSeconds = maxLifetimeSeconds } = bounds;
  const room = Math.min(storeMaxSeconds, maxLifetimeSeconds) - askedSeconds;
  const windowSeconds = Math.min(checkWindow(cacheWindowSeconds), room);
  if (windowSeconds <= 0) return { startMs: nowSeconds * 1000, lifetime };
  const startMs = Math.floor(nowSeconds / windowSeconds) * windowSeconds * 1000;
  const longer = { ...bounds, askedSeconds: askedSeconds + windowSeconds };
  return { startMs, lifetime: effectiveLifetime(longer, startMs) };
}

function checkWindow(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= maxLifetimeSeconds) return seconds;
  throw new ValetkeyError('invalid-lifetime', {
    field: 'cacheWindowSeconds',
    expected: `a whole number of seconds from 0 to ${maxLifetimeSeconds}`,
    got: quote(seconds),
  });
}
