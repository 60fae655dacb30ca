import type { Clock } from '@valetkey/core';

import type { Timers } from '../../src/runtime/timer.ts';

interface Alarm {
  readonly dueMs: number;
  readonly run: () => void;
}

/**
 * A clock and timers that move only when told to, for tests.
 * @internal
 */
export interface ManualTime extends Clock, Timers {
  /** Lets `ms` pass: fires what falls due, in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Moves the clock and leaves the timers alone, as when somebody sets the machine's clock. */
  jump(ms: number): void;
  /** How many timers are armed. */
  armed(): number;
}

/**
 * Creates a manual clock that stands at `startMs`.
 * @internal
 */
export function createManualTime(startMs = 0): ManualTime {
  const alarms = new Set<Alarm>();
  let elapsedMs = 0;
  let offsetMs = startMs;

  const next = (limitMs: number): Alarm | undefined => {
    let first: Alarm | undefined;
    for (const alarm of alarms) {
      if (alarm.dueMs <= limitMs && (first === undefined || alarm.dueMs < first.dueMs)) first = alarm;
    }
    return first;
  };

  return {
    now: () => elapsedMs + offsetMs,
    elapsedMs: () => elapsedMs,
    setTimeout(run, ms) {
      const alarm = { dueMs: elapsedMs + Math.max(ms, 0), run };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settle();
      for (let alarm = next(untilMs); alarm !== undefined; alarm = next(untilMs)) {
        alarms.delete(alarm);
        elapsedMs = Math.max(elapsedMs, alarm.dueMs);
        alarm.run();
        await settle();
      }
      elapsedMs = untilMs;
    },
    jump(ms) {
      offsetMs += ms;
    },
    armed: () => alarms.size,
  };
}

/** A turn of the event loop: by then every promise that could settle without I/O has. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
