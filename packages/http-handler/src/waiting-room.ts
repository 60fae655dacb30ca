/**
 * Requests that wait for somebody else: for the rest of a body, for whoever knows the caller. Anybody can begin one that
 * never ends, so none takes the place of a request that is worked on: each has a deadline, and when too many wait the
 * oldest gives way, which is one of those that do not come forward. What takes no time is never kept out.
 */

/** Bounded in number, and each in time. */
export interface WaitingRoom {
  /** What it comes to, or the room's own error when it is late or gave way. */
  readonly take: <Result>(waiting: Waiting<Result>) => Promise<Result>;
}

/** Something that is waited for. */
interface Waiting<Result> {
  readonly result: Promise<Result>;
  /** Makes `result` reject with this; nothing once it is there. */
  readonly giveUp: (reason: Error) => void;
}

/** What one of them ends with before its time. */
export interface WaitingRoomTerms {
  readonly max: number;
  readonly deadlineMs: number;
  readonly late: () => Error;
  readonly crowded: () => Error;
}

/** Makes the room of one handler. */
export function createWaitingRoom({ max, deadlineMs, late, crowded }: WaitingRoomTerms): WaitingRoom {
  // The oldest stands first; with each, when it came.
  const inside = new Map<Waiting<unknown>, number>();
  const giveUp = (waiting: Waiting<unknown>, reason: Error): void => {
    inside.delete(waiting);
    waiting.giveUp(reason);
  };
  // Where a timer ends together with its request, as in Workers, one that was broken off is still here.
  const sweep = (nowMs: number): void => {
    for (const [waiting, sinceMs] of inside) {
      if (nowMs - sinceMs < deadlineMs) break;
      giveUp(waiting, late());
    }
  };
  return {
    take: async (waiting) => {
      const nowMs = performance.now();
      sweep(nowMs);
      const [oldest] = inside.keys();
      if (inside.size >= max && oldest !== undefined) giveUp(oldest, crowded());
      inside.set(waiting, nowMs);
      // One of its own: a runtime may let no request wait by the timer of another.
      const timer = setTimeout(() => giveUp(waiting, late()), deadlineMs);
      // In Node no process waits for it at its end; elsewhere it is a number.
      timer.unref?.();
      try {
        return await waiting.result;
      } finally {
        clearTimeout(timer);
        inside.delete(waiting);
      }
    },
  };
}
