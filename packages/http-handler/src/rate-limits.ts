import { ValetkeyError, type Policy, type Subject } from '@valetkey/core';

import { createMemoryCounter } from './memory-counter.ts';

/** Counts what one subject asks under one policy. */
export interface RateLimits {
  /**
   * One request, whatever becomes of it.
   * @throws RateLimited when the policy's limit is used up; ValetkeyError `store-unavailable` when nobody counts
   */
  readonly takeRequest: (policy: Policy, subject: Subject) => Promise<void>;
  /**
   * The bytes of uploads that the policy allows, of each once however often it is begun; all of them or none.
   * @throws as `takeRequest`
   */
  readonly takeBytes: (policy: Policy, subject: Subject, uploads: readonly BegunUpload[]) => Promise<void>;
}

/** An upload as limits see it. */
interface BegunUpload {
  /** The same whenever the same upload is begun. */
  readonly id: string;
  readonly bytes: number;
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
 * Counts the points of those who ask.
 * @public
 */
export interface RateCounter {
  /** Takes points of one who asks. `retryAfterMs` is there when they were not left, and then none are taken. */
  readonly take: (
    who: string,
    points: number,
  ) => Promise<{ readonly retryAfterMs?: number | undefined } | undefined>;
  /**
   * Remembers for a window what points were taken for. Without it an upload that is begun again, because the answer was
   * lost, counts again.
   */
  readonly paid?: {
    readonly has: (what: string) => Promise<boolean>;
    readonly add: (what: string) => Promise<void>;
  };
}

/**
 * Makes the counter of one limit.
 * @public
 */
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
    takeRequest: async (policy, subject) => {
      const counter = counters.get(policy.name)?.requests;
      if (counter !== undefined) await take(counter, nameOf(subject), 1);
    },
    takeBytes: async (policy, subject, uploads) => {
      const counter = counters.get(policy.name)?.bytes;
      if (counter === undefined) return;
      const { paid } = counter;
      const known = await counted(() =>
        Promise.all(uploads.map(async ({ id }) => (await paid?.has(id)) === true)),
      );
      const due = uploads.filter((_, index) => !known[index]);
      const bytes = due.reduce((sum, upload) => sum + upload.bytes, 0);
      if (bytes === 0) return;
      await take(counter, nameOf(subject), bytes);
      // After it: what is remembered and was never taken would be a way around the limit.
      await counted(() => Promise.all(due.map(async ({ id }) => paid?.add(id))));
    },
  };
}

function nameOf({ kind, id }: Subject): string {
  return `${kind} ${id}`;
}

async function take(counter: RateCounter, who: string, points: number): Promise<void> {
  const left = await counted(() => counter.take(who, points));
  if (left?.retryAfterMs !== undefined) throw new RateLimited(left.retryAfterMs);
}

/** Where nobody counts, nothing is given: a limit that fails open is none. */
async function counted<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    throw new ValetkeyError('store-unavailable', {
      field: 'rateLimit',
      expected: 'an answer of the counter',
      got: 'an error',
      cause,
    });
  }
}
