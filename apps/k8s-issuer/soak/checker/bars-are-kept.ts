import type { HistoryRecord } from '../history/history-record.ts';
import { createFindings, type Patience, type Verdict } from './verdict.ts';

/** What was measured around each fault is within its bar. */
export function barsAreKept(history: readonly HistoryRecord[], { barsCount }: Patience): Verdict {
  const findings = createFindings('measured times are within their bars');
  let nearest = { share: 0, text: 'none' };
  for (const record of history) {
    if (record.kind !== 'bar') continue;
    const { fault, what, measured, atMost, unit } = record;
    const text = `${fault}, ${what}: ${measured.toFixed(1)} ${unit} of ${atMost}`;
    if (measured / atMost >= nearest.share) nearest = { share: measured / atMost, text };
    findings.check(measured <= atMost || !barsCount, () => text);
  }
  return findings.conclude(`nearest: ${nearest.text}`);
}
