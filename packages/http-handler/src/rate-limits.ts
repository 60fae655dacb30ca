import { ValetkeyError, type Policy, type Subject } from '@valetkey/core';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts what one subject asks under one policy, in this process. */
export interface RateLimits {
  /** @throws RateLimited when the policy's limit is used up */
  readonly take: (policy: Policy, subject: Subject, asked: { readonly bytes: number }) => Promise<void>;
}

/** `rate-limited`, and when to come back. */
export class RateLimited extends ValetkeyError {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('rate-limited', { hint: `Try again in ${Math.ceil(retryAfterMs / 1000)} seconds.` });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Limiters for every policy that has a `rateLimit`. */
export function createRateLimits(policies: readonly Policy[]): RateLimits {
  const limiters = new Map(
    policies.map(({ name, rateLimit: { requests, bytes } }) => [
      name,
      { requests: toLimiter(requests), bytes: toLimiter(bytes) },
    ]),
  );
  return {
    take: async (policy, subject, asked) => {
      const limiter = limiters.get(policy.name);
      const who = `${subject.kind} ${subject.id}`;
      await consume(limiter?.requests, who, 1);
      if (asked.bytes > 0) await consume(limiter?.bytes, who, asked.bytes);
    },
  };
}

function toLimiter(
  rate: { readonly count: number; readonly windowSeconds: number } | undefined,
): RateLimiterMemory | undefined {
  return rate === undefined
    ? undefined
    : new RateLimiterMemory({ points: rate.count, duration: rate.windowSeconds });
}

async function consume(limiter: RateLimiterMemory | undefined, who: string, points: number): Promise<void> {
  try {
    await limiter?.consume(who, points);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw new RateLimited(refused.msBeforeNext);
    throw refused;
  }
}
