import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import type { RateCounter, RateCounterTerms } from './rate-limits.ts';

/**
 * A counter of this process; what it knows of one who asks is gone with the window.
 * @public
 */
export function createMemoryCounter({ count, windowSeconds }: RateCounterTerms): RateCounter {
  const limiter = new RateLimiterMemory({ points: count, duration: windowSeconds });
  return {
    take: async (who, points) => {
      try {
        await limiter.consume(who, points);
        return undefined;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return { retryAfterMs: refused.msBeforeNext };
        throw refused;
      }
    },
  };
}
