/**
 * Bodies that are on their way. Anybody can begin one and never end it, before it is known who asks, so none takes the
 * place of a request that is worked on: each has a deadline, and when too many are under way the oldest gives way, which
 * is one of those that do not come forward.
 */
import { ValetkeyError } from '@valetkey/core';

import type { BodyReading } from './exchange.ts';

/** Reads bodies, each in bounded time and all of them in bounded number. */
export interface BodyRoom {
  /** @throws ValetkeyError `body-too-slow`, and whatever the reading itself ends with */
  readonly take: (reading: BodyReading) => Promise<string>;
}

/** Makes the room of one handler. */
export function createBodyRoom({
  maxBodies,
  deadlineMs,
}: {
  readonly maxBodies: number;
  readonly deadlineMs: number;
}): BodyRoom {
  // The oldest stands first; with each, whether a deadline has begun anew since it came.
  const underWay = new Map<BodyReading, { isOld: boolean }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // One timer for all: one for each body would cost more than reading it does. A body is cut off at the second end of a
  // deadline that it sees, after one to two of them.
  const sweep = (): void => {
    timer = undefined;
    for (const [reading, age] of underWay) {
      if (age.isOld) reading.cutOff(tooSlow(`all of it within ${deadlineMs / 1000} seconds`, 'a part of it'));
      age.isOld = true;
    }
    if (underWay.size > 0) arm();
  };
  const arm = (): void => {
    timer = setTimeout(sweep, deadlineMs);
    // In Node no process waits for it at its end; elsewhere it is a number.
    timer.unref?.();
  };
  return {
    take: async (reading) => {
      const [oldest] = underWay.keys();
      if (underWay.size >= maxBodies && oldest !== undefined) {
        underWay.delete(oldest);
        oldest.cutOff(tooSlow('room for it', 'too many other bodies under way'));
      }
      underWay.set(reading, { isOld: false });
      if (timer === undefined) arm();
      try {
        return await reading.text;
      } finally {
        underWay.delete(reading);
      }
    },
  };
}

function tooSlow(expected: string, got: string): ValetkeyError {
  return new ValetkeyError('body-too-slow', { field: 'body', expected, got });
}
