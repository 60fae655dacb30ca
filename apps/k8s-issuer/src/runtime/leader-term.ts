import type { Timers } from './timer.ts';

/**
 * How long a leader may believe in itself, by the monotonic clock.
 * @internal
 */
export interface LeaderTerm {
  /** A write of the Lease that was sent at `sentMs` has succeeded. @returns whether the term runs. */
  renewed(sentMs: number): boolean;
  isRunning(): boolean;
  /** Milliseconds until it ends. */
  remainingMs(): number;
  /** Ends it at once and for good. */
  end(): void;
}

/**
 * Creates a term that has not begun. It counts from when a renewal was *sent*: the others count from when they
 * see it, which is later.
 * @internal
 */
export function createLeaderTerm(timers: Timers, renewDeadlineMs: number): LeaderTerm {
  let untilMs = Number.NEGATIVE_INFINITY;
  let ended = false;
  const remainingMs = (): number => (ended ? 0 : Math.max(untilMs - timers.elapsedMs(), 0));

  return {
    remainingMs,
    isRunning: () => remainingMs() > 0,
    renewed(sentMs) {
      // A term that ran out meanwhile stays over: work of before may still be under way.
      if (untilMs !== Number.NEGATIVE_INFINITY && remainingMs() === 0) return false;
      const nextMs = sentMs + renewDeadlineMs;
      if (nextMs <= timers.elapsedMs()) return false;
      untilMs = Math.max(untilMs, nextMs);
      return !ended;
    },
    end() {
      ended = true;
    },
  };
}
