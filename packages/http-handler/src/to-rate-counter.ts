import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

import type { RateCounter } from './rate-limits.ts';

/**
 * A limiter of `rate-limiter-flexible` as what the service counts with: in memory, in Redis, in a database.
 * @example
 * ```ts
 * const createRateCounter = ({ name, count, windowSeconds }) =>
 *   toRateCounter(new RateLimiterRedis({ storeClient, keyPrefix: name, points: count, duration: windowSeconds }));
 * ```
 * @public
 */
export function toRateCounter(limiter: RateLimiterAbstract): Required<RateCounter> {
  return {
    take: async (who, points) => {
      try {
        await limiter.consume(who, points);
        return undefined;
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        // What did not fit is counted nevertheless, and would keep out something smaller that does.
        if (points > 1) await limiter.reward(who, points);
        return { retryAfterMs: refused.msBeforeNext };
      }
    },
    paid: {
      has: async (what) => (await limiter.get(paidKey(what))) !== null,
      add: async (what) => void (await limiter.set(paidKey(what), 1, limiter.duration)),
    },
  };
}

/** Nobody who asks has such a name: those begin with what kind of subject they are. */
function paidKey(what: string): string {
  return `paid:${what}`;
}
