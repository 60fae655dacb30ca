/**
 * Keeps a log short while the API server is away. Everything that calls it fails then, again and again, and says
 * nothing that the first line did not.
 */
import type { Timers } from '../runtime/timer.ts';

/** How often an outage is looked at, in milliseconds. */
const tickMs = 1_000;
/** An answer ends an outage when nothing has failed for so long: what is half there comes and goes. */
const quietMs = 5_000;
/** What has failed since the last line is told after this long, then after twice as long, and so on. */
const intervals = { firstMs: 10_000, longestMs: 600_000 };

type Write = (fields: object, message: string) => void;

/** What is logged with. */
export interface Log {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** See {@link createOutageLog}. */
export interface OutageLog extends Log {
  /** The API server has answered, and not asked to come back later. */
  readonly answered: () => void;
}

interface Outage {
  readonly startMs: number;
  /** Kinds of failure that were told in full. */
  readonly told: Set<string>;
  lastFailureMs: number;
  /** Whether there was an answer since the last failure. */
  isAnswered: boolean;
  /** Failures since the last line. */
  held: number;
  total: number;
  intervalMs: number;
  nextLineMs: number;
}

/**
 * A log over `log`. A line whose `err` tells of an outage is written only if it is the first of its kind since the
 * API server answered last; the others are counted, and the count is told at growing intervals and at the end. All
 * other lines pass.
 */
export function createOutageLog(options: {
  readonly log: Log;
  readonly timers: Timers;
  /** The kind of outage that an error tells of, if it does. */
  readonly kindOf: (error: unknown) => string | undefined;
}): OutageLog {
  const { log, timers, kindOf } = options;
  let outage: Outage | undefined;

  const tick = (): void => {
    if (outage === undefined) return;
    const nowMs = timers.elapsedMs();
    if (outage.isAnswered && nowMs - outage.lastFailureMs >= quietMs) {
      const lasted = { seconds: toSeconds(outage.lastFailureMs - outage.startMs), failures: outage.total };
      outage = undefined;
      return log.info(lasted, 'the API server answers again');
    }
    if (outage.held > 0 && nowMs >= outage.nextLineMs) {
      const since = { seconds: toSeconds(nowMs - outage.startMs), failures: outage.held };
      log.warn(since, 'the API server still does not answer, or asks to come back later');
      outage.held = 0;
      outage.intervalMs = Math.min(outage.intervalMs * 2, intervals.longestMs);
      outage.nextLineMs = nowMs + outage.intervalMs;
    }
    timers.setTimeout(tick, tickMs);
  };
  const begin = (nowMs: number): Outage => {
    timers.setTimeout(tick, tickMs);
    return {
      startMs: nowMs,
      told: new Set(),
      lastFailureMs: nowMs,
      isAnswered: false,
      held: 0,
      total: 0,
      intervalMs: intervals.firstMs,
      nextLineMs: nowMs + intervals.firstMs,
    };
  };
  const at = (level: keyof Log): Write => {
    return (fields, message) => {
      const kind = 'err' in fields ? kindOf(fields.err) : undefined;
      if (kind === undefined) return log[level](fields, message);
      const nowMs = timers.elapsedMs();
      outage ??= begin(nowMs);
      outage.lastFailureMs = nowMs;
      outage.isAnswered = false;
      outage.total += 1;
      if (outage.told.has(kind)) outage.held += 1;
      else {
        outage.told.add(kind);
        log[level](fields, `${message}; more that fails alike is counted until the API server answers again`);
      }
    };
  };

  return {
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    answered() {
      if (outage !== undefined) outage.isAnswered = true;
    },
  };
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1_000);
}
