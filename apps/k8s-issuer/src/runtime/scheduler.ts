import type { Clock } from '@valetkey/core';

import { createDeadlineHeap } from './deadline-heap.ts';
import type { Timers } from './timer.ts';

/** Longest time between two looks at the wall clock, so at most this late after somebody has set it. */
const maxTickMs = 1_000;

/**
 * Calls back at wall-clock times, for any number of keys with one timer. It looks at the clock at least every
 * second while something is scheduled, so a clock that is set, or a process that was stopped, is noticed.
 * @internal
 */
export interface Scheduler {
  /** Calls `due(key)` at `dueMs` (milliseconds since 1970), instead of any other time set for `key`. */
  at(key: string, dueMs: number): void;
  /** The time set for `key`. */
  dueAt(key: string): number | undefined;
  /** Forgets `key`. */
  cancel(key: string): void;
  /** Forgets everything; later calls of `at` do nothing. */
  stop(): void;
}

/**
 * Creates a scheduler. `due` is called with the earliest key first and may call `at` again.
 * @internal
 */
export function createScheduler(options: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly due: (key: string) => void;
  /** Told what `due` threw; the other keys are not touched by it. */
  readonly onError: (error: unknown) => void;
}): Scheduler {
  const { clock, timers, due, onError } = options;
  const deadlines = createDeadlineHeap();
  let stopped = false;
  let disarm = (): void => undefined;

  const arm = (): void => {
    disarm();
    const first = deadlines.peek();
    if (first === undefined || stopped) return;
    disarm = timers.setTimeout(tick, Math.min(Math.max(first.dueMs - clock.now(), 0), maxTickMs));
  };
  // Taken out before any is called: a callback that asks for a time in the past must wait for the next tick.
  const takeDue = (): string[] => {
    const now = clock.now();
    const keys: string[] = [];
    for (let first = deadlines.peek(); first !== undefined && first.dueMs <= now; first = deadlines.peek()) {
      deadlines.pop();
      keys.push(first.key);
    }
    return keys;
  };
  const tick = (): void => {
    for (const key of takeDue()) {
      try {
        due(key);
      } catch (error) {
        onError(error);
      }
    }
    arm();
  };

  return {
    at(key, dueMs) {
      if (stopped) return;
      deadlines.set(key, dueMs);
      if (deadlines.peek()?.key === key) arm();
    },
    dueAt: (key) => deadlines.get(key),
    cancel(key) {
      deadlines.delete(key);
    },
    stop() {
      stopped = true;
      disarm();
    },
  };
}
