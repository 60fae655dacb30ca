/** Where rate limits are counted: in this process, or in a server that replicas share. */
import {
  createMemoryCounter,
  type CreateRateCounter,
  type RateCounter,
  type RateCounterTerms,
} from '@valetkey/http-handler';

import type { Metrics } from './metrics.ts';

/** What counters are made with. */
export interface RateCounterParts {
  readonly metrics: Pick<Metrics, 'rateLimited' | 'countedAlone'>;
  /** Counts for replicas together, tells when it cannot, and rejects then. @default each counts for itself */
  readonly shared?: ((terms: RateCounterTerms) => Required<RateCounter>) | undefined;
}

/**
 * Counters that outlive a change of the configuration as long as their limit stays the same. While the shared server
 * is away each replica counts for itself: a limit is then at most as many times too high as there are replicas, and
 * never gone.
 */
export function createRateCounters({ metrics, shared }: RateCounterParts): CreateRateCounter {
  const counters = new Map<string, RateCounter>();
  return (terms) => {
    const id = `${terms.name} ${terms.count}/${terms.windowSeconds}`;
    const known = counters.get(id);
    if (known !== undefined) return known;
    const alone = createMemoryCounter(terms);
    const together = shared?.(terms);
    const slash = terms.name.lastIndexOf('/');
    const [policy, limit] = [terms.name.slice(0, slash), terms.name.slice(slash + 1)];
    const ask = async <Result>(of: (counter: Required<RateCounter>) => Promise<Result>): Promise<Result> => {
      if (together === undefined) return of(alone);
      try {
        return await of(together);
      } catch {
        // The shared counter has told of it.
        metrics.countedAlone();
        return of(alone);
      }
    };
    const counter: RateCounter = {
      take: async (who, points) => {
        const left = await ask((counter) => counter.take(who, points));
        if (left?.retryAfterMs !== undefined) metrics.rateLimited(policy, limit);
        return left;
      },
      paid: {
        has: (what) => ask(({ paid }) => paid.has(what)),
        add: (what) => ask(({ paid }) => paid.add(what)),
      },
    };
    counters.set(id, counter);
    return counter;
  };
}
