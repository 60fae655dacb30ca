import { RateLimiterMemory } from 'rate-limiter-flexible';

import { toRateCounter } from './to-rate-counter.ts';
import type { RateCounter, RateCounterTerms } from './rate-limits.ts';

/**
 * A counter of this process; what it knows of one who asks is gone with the window.
 * @public
 */
export function createMemoryCounter({ count, windowSeconds }: RateCounterTerms): Required<RateCounter> {
  return toRateCounter(new RateLimiterMemory({ points: count, duration: windowSeconds }));
}
