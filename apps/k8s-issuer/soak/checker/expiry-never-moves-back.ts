import type { HistoryRecord } from '../history/history-record.ts';
import { createFindings, type Verdict } from './verdict.ts';

/** While a Share's generation stays, neither its status nor its Secret ever promises an earlier end than before. */
export function expiryNeverMovesBack(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings('expiry never moves back for one generation');
  const generations = new Map<string, number>();
  const latest = new Map<string, number>();
  let advances = 0;
  const look = (what: string, uid: string, expiresMs: number, key: string) => {
    const id = `${what} ${uid} ${generations.get(uid) ?? 0}`;
    const before = latest.get(id) ?? 0;
    findings.check(expiresMs >= before, () => `${what} of ${key}: from ${before} back to ${expiresMs}`);
    if (before > 0 && expiresMs > before) advances += 1;
    latest.set(id, expiresMs);
  };
  for (const record of history) {
    if (record.kind === 'share') {
      generations.set(record.uid, record.generation);
      if (record.expiresMs !== undefined) look('status', record.uid, record.expiresMs, record.key);
    }
    if (record.kind === 'secret' && record.ownerUid !== '' && record.urls.length > 0) {
      const first = Math.min(...record.urls.map(({ expiresMs }) => expiresMs));
      look('Secret', record.ownerUid, first, record.key);
    }
  }
  return findings.conclude(`${advances} times it moved on`);
}
