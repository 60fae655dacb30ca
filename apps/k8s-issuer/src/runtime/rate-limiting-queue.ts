import { createDelayingQueue, type DelayingQueue } from './delaying-queue.ts';
import type { Timers } from './timer.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';
import type { WorkQueueOptions } from './work-queue.ts';

/**
 * A {@link DelayingQueue} that knows how often each key has failed in a row.
 * @internal
 */
export interface RateLimitingQueue extends DelayingQueue {
  /**
   * Adds `key` after its back-off, which doubles with each call until {@link RateLimitingQueue.forget}, but after
   * `longestMs` milliseconds at the latest.
   */
  addRateLimited(key: string, longestMs?: number): void;
  /** The visit to `key` succeeded: its next back-off is the first one again. */
  forget(key: string): void;
  /** How often `key` was added rate-limited since it was last forgotten. */
  failures(key: string): number;
}

/** What a {@link RateLimitingQueue} needs. */
interface RateLimitingQueueOptions extends WorkQueueOptions {
  readonly timers: Timers;
  /** First back-off of a key. @default 1000 */
  readonly baseDelayMs?: number;
  /** Longest back-off of a key. @default 300000 */
  readonly maxDelayMs?: number;
  /** Shared by all keys: a key waits for the later of its own back-off and its token. @default 10/s, 100 at once */
  readonly bucket?: TokenBucket;
}

/** As client-go's default controller rate limiter. */
const retries = { perSecond: 10, burst: 100 };

/**
 * Creates an empty queue with client-go's default limits: per key `baseDelayMs · 2^failures`, over all keys a
 * token bucket.
 * @internal
 */
export function createRateLimitingQueue(options: RateLimitingQueueOptions): RateLimitingQueue {
  const { timers, baseDelayMs = 1_000, maxDelayMs = 300_000 } = options;
  const bucket = options.bucket ?? createTokenBucket({ timers, ...retries });
  const queue = createDelayingQueue(timers, options);
  const failures = new Map<string, number>();

  return {
    ...queue,
    addRateLimited(key, longestMs = maxDelayMs) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      const ownMs = Math.min(baseDelayMs * 2 ** count, maxDelayMs);
      queue.addAfter(key, Math.min(Math.max(ownMs, bucket.reserve()), longestMs));
    },
    forget(key) {
      failures.delete(key);
    },
    failures: (key) => failures.get(key) ?? 0,
  };
}
