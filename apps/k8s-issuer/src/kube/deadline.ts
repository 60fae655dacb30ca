import type { Timers } from '../runtime/timer.ts';

/**
 * A signal that aborts with another one or after some time, whichever is first.
 * @internal
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time. */
  hasPassed(): boolean;
  /** What it stood for is over: lets go of the timer and of the other signal. */
  clear(): void;
}

/**
 * Starts a deadline; `clear` must be called at the end. (`AbortSignal.any` would hold on to a long-lived signal.)
 * @internal
 */
export function startDeadline(timers: Timers, ms: number | undefined, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  const abort = (): void => controller.abort();
  const pass = (): void => {
    passed = true;
    controller.abort();
  };
  if (outer?.aborted === true) abort();
  outer?.addEventListener('abort', abort);
  const disarm = ms === undefined ? undefined : timers.setTimeout(pass, ms);
  return {
    signal: controller.signal,
    hasPassed: () => passed,
    clear() {
      disarm?.();
      outer?.removeEventListener('abort', abort);
    },
  };
}
