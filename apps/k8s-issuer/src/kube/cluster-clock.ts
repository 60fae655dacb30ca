import type { Clock } from '@valetkey/core';

/** Below this the machine's own clock is right: answers tell whole seconds, and come late. */
const tolerableMs = 5_000;
/** An answer that took longer than this says too little. */
const widestMs = 5_000;
/** So many answers in a row must say the same before they are believed against the machine. */
const enough = 5;

/**
 * What one answer says of two clocks.
 * @internal
 */
export interface DateSample {
  /** The server's time in the answer, in milliseconds since 1970 and whole seconds. */
  readonly dateMs: number;
  /** When the request was sent and its answer came, by the machine's clock. */
  readonly sentMs: number;
  readonly receivedMs: number;
}

/**
 * The time that the cluster goes by. It is the machine's own, unless every answer of the API server contradicts it by
 * more than five seconds and all agree with each other: then it is the API server's. One answer that bears the machine
 * out is enough to go back, so one API server of several that is wrong moves nobody. A URL that is signed by a wrong
 * clock ends early or is not valid yet, and an end time would come early or late.
 * @internal
 */
export interface ClusterClock extends Clock {
  /** Takes in an answer. */
  observe(sample: DateSample): void;
  /** How far the machine's clock was ahead of the server's at the last answer, give or take a second. */
  aheadMs(): number | undefined;
}

/** How far the machine is ahead lies between these two. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Creates a clock that goes by the machine's.
 * @internal
 */
export function createClusterClock(options: {
  readonly machine: Clock;
  /** Told when it begins to go by another time, and how far the machine is ahead of that; 0: by its own again. */
  readonly onCorrection: (aheadMs: number) => void;
}): ClusterClock {
  const { machine, onCorrection } = options;
  let aheadMs: number | undefined;
  let correctionMs = 0;
  let agreed: Range | undefined;
  let answers = 0;

  const correct = (ms: number): void => {
    const isNews = (ms === 0) !== (correctionMs === 0) || Math.abs(ms - correctionMs) > tolerableMs;
    correctionMs = ms;
    if (isNews) onCorrection(ms);
  };
  const learn = (range: Range): void => {
    const both = agreed === undefined ? undefined : intersect(agreed, range);
    answers = both === undefined ? 1 : answers + 1;
    agreed = both ?? range;
    if (answers >= enough) correct((agreed.from + agreed.to) / 2);
  };

  return {
    now: () => machine.now() - correctionMs,
    aheadMs: () => aheadMs,
    observe({ dateMs, sentMs, receivedMs }) {
      aheadMs = receivedMs - dateMs;
      // The date was cut to its second, and written at some time between the two.
      const range = { from: sentMs - dateMs - 1_000, to: receivedMs - dateMs };
      const widthMs = range.to - range.from;
      if (widthMs < 0 || widthMs > widestMs) return;
      const isMachineRight = range.from <= tolerableMs && range.to >= -tolerableMs;
      if (!isMachineRight) return learn(range);
      agreed = undefined;
      answers = 0;
      correct(0);
    },
  };
}

function intersect(a: Range, b: Range): Range | undefined {
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return both.from <= both.to ? both : undefined;
}
