import type { HistoryRecord } from '../history/history-record.ts';
import { createFindings, type Verdict } from './verdict.ts';

const toleranceMs = 2_000;

/** Storage takes each published URL until its stated expiry, and not after, give or take two seconds. */
export function storesAcceptUntilExpiry(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings('storage accepts each URL until its stated expiry ±2 s');
  let latest = Number.NEGATIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  for (const record of history) {
    if (record.kind !== 'probe') continue;
    const { atMs, doneMs, expiresMs, status, digest } = record;
    const isBefore = doneMs < expiresMs - toleranceMs;
    const isAfter = atMs > expiresMs + toleranceMs;
    if (status === 200) latest = Math.max(latest, atMs - expiresMs);
    if (status === 403) earliest = Math.min(earliest, doneMs - expiresMs);
    if (!isBefore && !isAfter) continue;
    findings.check(
      status === (isBefore ? 200 : 403),
      () => `${digest}: ${status}, ${((atMs - expiresMs) / 1000).toFixed(1)} s from its expiry`,
    );
  }
  return findings.conclude(
    `last accepted ${toSeconds(latest)}, first refused ${toSeconds(earliest)} from its expiry`,
  );
}

function toSeconds(ms: number): string {
  return Number.isFinite(ms) ? `${ms < 0 ? '' : '+'}${(ms / 1000).toFixed(1)} s` : 'never';
}
