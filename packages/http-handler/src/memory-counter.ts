import { RateLimiterMemory } from 'rate-limiter-flexible';

import { toRateCounter } from './to-rate-counter.ts';
import type { RateCounter, RateCounterTerms } from './rate-limits.ts';

/** What was paid for and is begun again after so many others counts again: files of one byte must not fill the memory. */
const maxPaid = 50_000;

/**
 * A counter of this process; what it knows of one who asks is gone with the window.
 * @public
 */
export function createMemoryCounter({ count, windowSeconds }: RateCounterTerms): Required<RateCounter> {
  const { take } = toRateCounter(new RateLimiterMemory({ points: count, duration: windowSeconds }));
  // The oldest stands first; with each, when it is forgotten.
  const paid = new Map<string, number>();
  return {
    take,
    paid: {
      has: async (what) => (paid.get(what) ?? 0) > performance.now(),
      add: async (what) => {
        paid.delete(what);
        paid.set(what, performance.now() + windowSeconds * 1000);
        for (const oldest of paid.keys()) {
          if (paid.size <= maxPaid) break;
          paid.delete(oldest);
        }
      },
    },
  };
}
