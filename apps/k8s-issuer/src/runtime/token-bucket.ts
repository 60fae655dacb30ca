import type { Timers } from './timer.ts';

/**
 * Lets through `burst` at once and `perSecond` in the long run.
 * @internal
 */
export interface TokenBucket {
  /** Takes one token, now or from the future. @returns the milliseconds to wait before acting on it. */
  reserve(): number;
  /** Takes one token if one is there now. */
  tryTake(): boolean;
}

/**
 * Creates a full bucket.
 * @internal
 */
export function createTokenBucket(options: {
  readonly timers: Timers;
  /** Tokens that come back each second; above 0. */
  readonly perSecond: number;
  /** Tokens that it holds at most; at least 1. */
  readonly burst: number;
}): TokenBucket {
  const { timers, perSecond, burst } = options;
  let tokens = burst;
  let filledMs = timers.elapsedMs();

  const fill = (): void => {
    const now = timers.elapsedMs();
    tokens = Math.min(burst, tokens + ((now - filledMs) / 1_000) * perSecond);
    filledMs = now;
  };

  return {
    reserve() {
      fill();
      tokens -= 1;
      return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1_000);
    },
    tryTake() {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
