/** Whether a file may send: it has a place among the files that do, and nobody has paused it. */
import { untilAborted } from './settle-with.ts';
import type { Slots } from './slots.ts';

/** One file's. */
export interface Turn {
  /** Resolves as soon as the file may send. */
  readonly hold: () => Promise<void>;
  /** Aborted when the file is paused: what is in flight is given up. A new one after every pause. */
  readonly running: () => AbortSignal;
  readonly isPaused: () => boolean;
  /** Gives the place to another file. */
  readonly pause: () => void;
  /** Waits for a place again. */
  readonly resume: () => void;
  /** Gives the place back for good. */
  readonly end: () => void;
}

export function createTurn(slots: Slots, signal: AbortSignal): Turn {
  /** Aborted while the file is paused. */
  let run = new AbortController();
  const isPaused = () => run.signal.aborted;
  let resumed = Promise.withResolvers<void>();
  let held: Promise<void> | undefined;
  let giveBack: (() => void) | undefined;
  const release = () => {
    held = undefined;
    giveBack?.();
    giveBack = undefined;
  };
  const take = async (): Promise<void> => {
    for (;;) {
      if (isPaused()) await untilAborted(signal, resumed.promise);
      const { signal: running } = run;
      try {
        giveBack = await slots.take(AbortSignal.any([signal, running]));
        if (!running.aborted) return;
        giveBack();
      } catch (error) {
        signal.throwIfAborted();
        if (!running.aborted) throw error;
      }
    }
  };
  return {
    hold: () => (held ??= take()),
    running: () => run.signal,
    isPaused,
    pause: () => {
      if (isPaused()) return;
      resumed = Promise.withResolvers();
      // A waiting `hold` goes on waiting, for the file to be resumed.
      if (giveBack !== undefined) release();
      run.abort();
    },
    resume: () => {
      if (!isPaused()) return;
      run = new AbortController();
      resumed.resolve();
    },
    end: release,
  };
}
