import { createDelayingQueue, type DelayingQueue } from './delaying-queue.ts';
import type { Timers } from './timer.ts';
import type { TokenBucket } from './token-bucket.ts';
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
  /** Shared by all keys: a key waits for the later of its own back-off and its token. @default none */
  readonly bucket?: TokenBucket;
}

/**
 * Creates an empty queue with client-go's default limits: per key `baseDelayMs · 2^failures`, over all keys a
 * token bucket.
 * @internal
 */
export function createRateLimitingQueue(options: RateLimitingQueueOptions): RateLimitingQueue {
  const { baseDelayMs = 1_000, maxDelayMs = 300_000, bucket } = options;
  const queue = createDelayingQueue(options.timers, options);
  const failures = new Map<string, number>();

  return {
    ...queue,
    addRateLimited(key, longestMs = maxDelayMs) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      const ownMs = Math.min(baseDelayMs * 2 ** count, maxDelayMs, longestMs);
      queue.addAfter(key, Math.max(ownMs, bucket?.reserve() ?? 0));
    },
    forget(key) {
      failures.delete(key);
    },
    failures: (key) => failures.get(key) ?? 0,
  };
}
