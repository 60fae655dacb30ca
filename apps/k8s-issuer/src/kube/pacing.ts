import { createBackOff } from '../runtime/back-off.ts';
import { wait, type Timers } from '../runtime/timer.ts';
import type { TokenBucket } from '../runtime/token-bucket.ts';

/** Longest pause that an answer can ask for: a broken proxy must not stop us for a day. */
const longestPauseMs = 120_000;
/** Over so long at most the calls go out again that an answer has held up. */
const longestSpreadMs = 2_000;
/** Short, so that little is lost once the server is back. */
const outagePauseMs = { baseMs: 200, maxMs: 1_000 };

/**
 * When the next call may go out. What one call learns holds for all: a server that asks for patience, or that
 * cannot be reached, is left alone by everybody, and nobody's own back-off grows for it.
 * @internal
 */
export interface Pacing {
  /** Resolves when a call may go out, or as soon as `signal` aborts. */
  turn(kind: 'read' | 'write', signal?: AbortSignal): Promise<void>;
  /** The server has answered. */
  answered(): void;
  /** The server has asked not to be called for a while (`Retry-After`). */
  askedToWait(seconds: number): void;
  /** There was no answer. */
  unreachable(): void;
}

/**
 * Creates a pacing that holds nobody back yet.
 * @internal
 */
export function createPacing(options: {
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Bounds writes in the long run. */
  readonly writes: TokenBucket;
}): Pacing {
  const { timers, random, writes } = options;
  const backOff = createBackOff({ ...outagePauseMs, random });
  const never = new AbortController().signal;
  let pausedUntilMs = 0;
  let spreadMs = 0;

  const pause = (ms: number): void => {
    pausedUntilMs = Math.max(pausedUntilMs, timers.elapsedMs() + ms);
  };

  return {
    async turn(kind, signal = never) {
      const tokenMs = kind === 'write' ? writes.reserve() : 0;
      if (tokenMs > 0) await wait(timers, tokenMs, signal);
      // Again, for another call may have prolonged the pause.
      for (
        let ms = pausedUntilMs - timers.elapsedMs();
        ms > 0 && !signal.aborted;
        ms = pausedUntilMs - timers.elapsedMs()
      ) {
        // One by one: all at once would be refused like those before them.
        await wait(timers, ms + random() * spreadMs, signal);
      }
    },
    answered: () => backOff.reset(),
    askedToWait(seconds) {
      // Spread: everybody who was asked at the same time would otherwise come back at the same time.
      pause(Math.min(seconds * 1_000 * (1 + random() / 10), longestPauseMs));
      spreadMs = Math.min(seconds * 1_000, longestSpreadMs);
    },
    unreachable() {
      if (pausedUntilMs > timers.elapsedMs()) return;
      pause(backOff.next());
      spreadMs = 0;
    },
  };
}
