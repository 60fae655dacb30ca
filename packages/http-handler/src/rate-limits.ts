import { ValetkeyError, type Policy, type Subject } from '@valetkey/core';

import { createMemoryCounter } from './memory-counter.ts';

/** Counts what one subject asks under one policy. */
export interface RateLimits {
  /** @throws RateLimited when the policy's limit is used up; ValetkeyError `store-unavailable` when nobody counts */
  readonly take: (policy: Policy, subject: Subject, asked: { readonly bytes: number }) => Promise<void>;
}

/**
 * What one counter counts: so many points in a window for each who asks.
 * @public
 */
export interface RateCounterTerms {
  /** Stays the same for a policy's limit from start to start, and differs from every other's. */
  readonly name: string;
  readonly count: number;
  readonly windowSeconds: number;
}

/**
 * Takes points of one who asks. `retryAfterMs` is there when they were not left.
 * @public
 */
export interface RateCounter {
  readonly take: (
    who: string,
    points: number,
  ) => Promise<{ readonly retryAfterMs?: number | undefined } | undefined>;
}

/** @public */
export type CreateRateCounter = (terms: RateCounterTerms) => RateCounter;

/** `rate-limited`, and when to come back. */
export class RateLimited extends ValetkeyError {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('rate-limited', { hint: `Try again in ${Math.ceil(retryAfterMs / 1000)} seconds.` });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Counters for every policy that has a `rateLimit`. */
export function createRateLimits(
  policies: readonly Policy[],
  create: CreateRateCounter = createMemoryCounter,
): RateLimits {
  const counters = new Map(
    policies.map(({ name, rateLimit: { requests, bytes } }) => [
      name,
      {
        requests: requests && create({ name: `${name}/requests`, ...requests }),
        bytes: bytes && create({ name: `${name}/bytes`, ...bytes }),
      },
    ]),
  );
  return {
    take: async (policy, subject, asked) => {
      const counter = counters.get(policy.name);
      const who = `${subject.kind} ${subject.id}`;
      if (counter?.requests !== undefined) await take(counter.requests, who, 1);
      if (counter?.bytes !== undefined && asked.bytes > 0) await take(counter.bytes, who, asked.bytes);
    },
  };
}

/** Where nobody counts, nothing is given: a limit that fails open is none. */
async function take(counter: RateCounter, who: string, points: number): Promise<void> {
  const left = await counter.take(who, points).catch((cause: unknown) => {
    throw new ValetkeyError('store-unavailable', {
      field: 'rateLimit',
      expected: 'an answer of the counter',
      got: 'an error',
      cause,
    });
  });
  if (left?.retryAfterMs !== undefined) throw new RateLimited(left.retryAfterMs);
}
