import type { HistoryRecord } from '../history/history-record.ts';
import { createFindings, type Verdict } from './verdict.ts';

/** No log, status, event, Lease, metric or audit record holds a URL, a key or a token. */
export function nothingLeaks(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings('no URL, key or token outside of Secrets');
  let bytes = 0;
  for (const record of history) {
    if (record.kind !== 'text') continue;
    bytes += record.bytes;
    findings.check(record.secrets === 0, () => `${record.secrets} in ${record.source}`);
  }
  return findings.conclude(`${(bytes / 1024 ** 2).toFixed(1)} MiB searched`);
}
