import { createBackOff } from './back-off.ts';

/**
 * Why a watch was begun again. `silent` is no failure: a quiet kind is silent between two bookmarks, which come once a
 * minute or so.
 * @internal
 */
export type WatchEnd = 'ended' | 'gone' | 'silent' | 'error';

/**
 * How long to wait before a watch is begun again. A server that cannot be reached costs next to nothing to try, and
 * every second counts once it is back; one that answers with errors is in trouble, and left alone for longer and
 * longer. What was learnt of one says nothing about the other: who comes back after an outage is told at first that
 * its version is gone, or that storage is not ready yet, and must not wait for the outage then.
 * @internal
 */
export interface WatchBackOff {
  /** Milliseconds to wait after a watch that lasted `lastedMs`; `error` is what it rejected with. */
  after(end: { readonly why: WatchEnd; readonly lastedMs: number; readonly error?: unknown }): number;
}

const baseMs = 200;
const longestOutageMs = 1_000;
const longestRefusalMs = 3_000;
/** Longest pause that an answer can ask for: a broken proxy must not stop a watch for a day. */
const longestPauseMs = 120_000;
/** A watch that held this long was a good one: the next failure waits for the shortest time. */
const goodWatchMs = 5_000;

/**
 * Creates a back-off that has seen no failure.
 * @internal
 */
export function createWatchBackOff(options: {
  /** A number in [0, 1). */
  readonly random: () => number;
}): WatchBackOff {
  const { random } = options;
  const outage = createBackOff({ baseMs, maxMs: longestOutageMs, random });
  const refusal = createBackOff({ baseMs, maxMs: longestRefusalMs, random });

  return {
    after({ why, lastedMs, error }) {
      if (lastedMs >= goodWatchMs) {
        outage.reset();
        refusal.reset();
      }
      if (why !== 'gone' && !isRefusal(error)) return outage.next();
      outage.reset();
      const askedMs = retryAfterMs(error);
      // Whoever says when to come back is asked then, however often it was not ready yet.
      return askedMs > 0 ? askedMs * (1 + random() / 10) : refusal.next();
    },
  };
}

/**
 * Whether a server has answered, and said no.
 * @internal
 */
export function isRefusal(error: unknown): boolean {
  return numberIn(error, 'status') > 0;
}

function retryAfterMs(error: unknown): number {
  return Math.min(numberIn(error, 'retryAfterSeconds') * 1_000, longestPauseMs);
}

function numberIn(error: unknown, field: 'status' | 'retryAfterSeconds'): number {
  if (typeof error !== 'object' || error === null) return 0;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'number' && value > 0 ? value : 0;
}
