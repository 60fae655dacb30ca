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
   * The bytes of uploads that the policy allows, of each once however often it is begun; all of them or none. Those that
   * do not go into one window together with the others are not counted: each of them has what it has to wait for.
   * @throws as `takeRequest`
   */
  readonly takeBytes: (
    policy: Policy,
    subject: Subject,
    uploads: readonly BegunUpload[],
  ) => Promise<ReadonlyMap<string, RateLimited>>;
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
    const seconds = Math.ceil(retryAfterMs / 1000);
    super('rate-limited', { hint: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.` });
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
      const limit = policy.rateLimit.bytes;
      if (counter === undefined || limit === undefined) return new Map();
      const { paid } = counter;
      // The same twice in one batch is one.
      const once = [...new Map(uploads.map((upload) => [upload.id, upload])).values()];
      const unpaid = await counted(() =>
        Promise.all(once.map(async (each) => ((await paid?.has(each.id)) === true ? [] : each))),
      );
      const { due, bytes, over } = fill(unpaid.flat(), limit);
      if (bytes > 0) await take(counter, nameOf(subject), bytes);
      // After it: what is remembered and was never taken would be a way around the limit.
      await counted(() => Promise.all(due.map(async ({ id }) => paid?.add(id))));
      return over;
    },
  };
}

/** What one window holds of them, in their order. */
function fill(
  uploads: readonly BegunUpload[],
  { count, windowSeconds }: NonNullable<Policy['rateLimit']['bytes']>,
) {
  const due: BegunUpload[] = [];
  const over = new Map<string, RateLimited>();
  let bytes = 0;
  for (const upload of uploads) {
    // What takes nothing is not remembered either.
    if (upload.bytes === 0) continue;
    if (bytes + upload.bytes > count) over.set(upload.id, new RateLimited(windowSeconds * 1000));
    else {
      due.push(upload);
      bytes += upload.bytes;
    }
  }
  return { due, bytes, over };
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
