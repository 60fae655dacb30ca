/**
 * Delays that double from one failure to the next, each cut by a random part so that many clients that failed
 * together do not return together.
 * @internal
 */
export interface BackOff {
  /** Milliseconds to wait now: between half of the current step and all of it. */
  next(): number;
  /** Starts again at the first step. */
  reset(): void;
}

/**
 * Creates a back-off.
 * @internal
 */
export function createBackOff(options: {
  readonly baseMs: number;
  readonly maxMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}): BackOff {
  let step = 0;
  return {
    next() {
      const fullMs = Math.min(options.baseMs * 2 ** step, options.maxMs);
      step += 1;
      return (fullMs * (1 + options.random())) / 2;
    },
    reset() {
      step = 0;
    },
  };
}
