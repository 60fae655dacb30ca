/** Longest delay that `setTimeout` keeps: above it Node fires after one millisecond. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * Timers and the clock that they go by, passed in so that tests decide when time passes.
 * @internal
 */
export interface Timers {
  /**
   * Calls `run` once, after `ms` milliseconds (at most 2^31 − 1: callers that wait for longer look at their
   * deadline and wait again).
   * @returns the function that cancels it; calling it late or twice does nothing.
   */
  setTimeout(run: () => void, ms: number): () => void;
  /** Milliseconds on a clock that only goes forward: setting the machine's clock does not move it. */
  elapsedMs(): number;
}

/**
 * Node's timers. They never keep the process alive: a listening socket must, or it would end in a back-off.
 * @internal
 */
export const realTimers: Timers = {
  setTimeout(run, ms) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), maxDelayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
  elapsedMs: () => performance.now(),
};

/**
 * Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects.
 * @internal
 */
export function wait(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = timers.setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
