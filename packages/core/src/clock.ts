/**
 * The time, passed in. Nothing outside this file asks the machine what time it is.
 * @public
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/**
 * The machine's own clock.
 * @public
 */
export const systemClock: Clock = { now: () => Date.now() };
