import type { HistoryRecord } from '../history/history-record.ts';
import { createFindings, type Patience, type Verdict } from './verdict.ts';

/** The Secret of a deleted Share is gone in time, and does not come back. */
export function deletedStaysDeleted(history: readonly HistoryRecord[], { changeMs }: Patience): Verdict {
  const seconds = changeMs / 1000;
  const findings = createFindings(`a deleted Share's Secret is gone within ${seconds} s and for good`);
  const there = new Map<string, string>();
  const awaited = new Map<string, number>();
  const gone = new Set<string>();
  let longestMs = 0;
  for (const record of history) {
    if (record.kind === 'secret' && record.ownerUid !== '') {
      there.set(record.key, record.ownerUid);
      findings.check(!gone.has(record.ownerUid), () => `${record.key} came back at ${record.atMs}`);
    }
    if (record.kind === 'share-gone' && [...there.values()].includes(record.uid))
      awaited.set(record.uid, record.atMs);
    if (record.kind === 'tick' && !record.reachable) {
      // Nobody can delete anything now.
      for (const uid of awaited.keys()) awaited.set(uid, record.atMs);
    }
    if (record.kind !== 'secret-gone') continue;
    const uid = there.get(record.key) ?? '';
    there.delete(record.key);
    const sinceMs = awaited.get(uid);
    if (sinceMs === undefined) continue;
    awaited.delete(uid);
    gone.add(uid);
    longestMs = Math.max(longestMs, record.atMs - sinceMs);
    findings.check(
      record.atMs - sinceMs <= changeMs,
      () => `${record.key} was there for ${record.atMs - sinceMs} ms more`,
    );
  }
  const endMs = history.at(-1)?.atMs ?? 0;
  for (const [uid, sinceMs] of awaited)
    findings.check(
      endMs - sinceMs <= changeMs,
      () => `the Secret of the deleted Share ${uid} is still there`,
    );
  return findings.conclude(`longest ${(longestMs / 1000).toFixed(1)} s, ${gone.size} deleted`);
}
