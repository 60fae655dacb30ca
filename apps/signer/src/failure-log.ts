/**
 * Keeps the log short while something that the service stands on is away. Every request that needs it fails then, again
 * and again, and says nothing that the first line did not; each is counted in the metrics and has its own line of the
 * access log.
 */
import { ValetkeyError, type ErrorCode } from '@valetkey/core';
import type { Logger } from 'pino';

/** What is somebody else's, and goes on by itself. */
const outageCodes: ReadonlySet<ErrorCode> = new Set([
  'identity-unavailable',
  'store-unavailable',
  'store-refused',
  'clock-skewed',
  'credentials-unavailable',
  'credentials-expired',
]);
const tickMs = 1000;
/** An outage is over when nothing has failed for so long: what is half there comes and goes. */
const quietMs = 60_000;
/** What has failed since the last line is told after this long, then after twice as long, and so on. */
const intervals = { firstMs: 10_000, longestMs: 600_000 };
/** Ways of failing that are told in full, of one outage. */
const maxTold = 8;

/** Writes of an error that comes again and again the first, and then how often it came. */
export type LogFailure = (err: unknown, message: string) => void;

interface Outage {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly startMs: number;
  /** What came in place of an answer, where that was told in full. */
  readonly told: Set<string>;
  lastMs: number;
  total: number;
  /** Failures since the last line. */
  held: number;
  intervalMs: number;
  nextLineMs: number;
}

/** A log of failures over `logger`: one outage for each code and each place that an error names. */
export function createFailureLog(logger: Pick<Logger, 'info' | 'warn' | 'error'>): LogFailure {
  const outages = new Map<string, Outage>();
  const tick = (): void => {
    const nowMs = performance.now();
    for (const [name, outage] of outages) {
      if (nowMs - outage.lastMs >= quietMs) {
        outages.delete(name);
        if (outage.total > 1) logger.info(toFields(outage, outage.total, outage.lastMs), 'no longer fails');
      } else if (outage.held > 0 && nowMs >= outage.nextLineMs) {
        logger.warn(toFields(outage, outage.held, nowMs), 'still fails');
        outage.held = 0;
        outage.intervalMs = Math.min(outage.intervalMs * 2, intervals.longestMs);
        outage.nextLineMs = nowMs + outage.intervalMs;
      }
    }
    if (outages.size > 0) setTimeout(tick, tickMs).unref();
  };
  const begin = ({ code, field }: ValetkeyError): Outage => {
    if (outages.size === 0) setTimeout(tick, tickMs).unref();
    const nowMs = performance.now();
    const { firstMs } = intervals;
    const times = { startMs: nowMs, lastMs: nowMs, intervalMs: firstMs, nextLineMs: nowMs + firstMs };
    return { code, field, told: new Set(), total: 0, held: 0, ...times };
  };
  return (err, message) => {
    if (!(err instanceof ValetkeyError) || !outageCodes.has(err.code)) return logger.error({ err }, message);
    const name = `${err.code} ${err.field ?? ''}`;
    const outage = outages.get(name) ?? begin(err);
    outages.set(name, outage);
    outage.lastMs = performance.now();
    outage.total += 1;
    const got = err.got ?? '';
    if (outage.told.has(got) || outage.told.size >= maxTold) outage.held += 1;
    else {
      outage.told.add(got);
      logger.error({ err }, `${message}; what fails alike is counted from here on`);
    }
  };
}

function toFields({ code, field, startMs }: Outage, failures: number, untilMs: number): object {
  return { code, field, failures, seconds: Math.round((untilMs - startMs) / 1000) };
}
