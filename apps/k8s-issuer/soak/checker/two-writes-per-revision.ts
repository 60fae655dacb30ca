import type { HistoryRecord, ShareRecord } from '../history/history-record.ts';
import { toTerms } from './terms.ts';
import { createFindings, type Verdict } from './verdict.ts';

const writesPerRevision = 2;

/**
 * What is published costs one write of the Secret and one of the status. Judged on Shares that were Ready all along
 * since they first were; a leader that ends between the two costs its successor the first of them again.
 */
export function twoWritesPerRevision(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings('at most 2 writes per renewal');
  const shares = new Map<string, ShareRecord>();
  const disturbed = new Set<string>();
  const writes = new Map<string, number>();
  const ends = toTerms(history).length - 1;
  for (const record of history) {
    if (record.kind === 'share') {
      const before = shares.get(record.key);
      const isNew = before?.uid !== record.uid;
      if (before !== undefined && isNew) disturbed.add(record.key);
      if (record.reason !== 'Issued' && (record.reason !== '' || (before?.reason ?? '') !== ''))
        disturbed.add(record.key);
      shares.set(record.key, record);
    }
  }
  for (const record of history) {
    if (record.kind !== 'write' || record.resource === 'leases') continue;
    const key = record.resource === 'shares' ? record.key : keyOfSecret(shares, record.key);
    writes.set(key, (writes.get(key) ?? 0) + 1);
  }
  let written = 0;
  let revisions = 0;
  for (const [key, { revision }] of shares) {
    if (disturbed.has(key) || revision <= 0) continue;
    const count = writes.get(key) ?? 0;
    written += count;
    revisions += revision;
    findings.check(
      count <= writesPerRevision * revision + ends,
      () => `${key}: ${count} writes for ${revision} revisions`,
    );
  }
  if (revisions > 0) {
    findings.check(
      written <= writesPerRevision * revisions * 1.05,
      () => `${written} writes for ${revisions} revisions`,
    );
  }
  return findings.conclude(`${(written / revisions).toFixed(3)} on average over ${revisions} revisions`);
}

function keyOfSecret(shares: ReadonlyMap<string, ShareRecord>, secretKey: string): string {
  // Nearly always its Share has the same name.
  if (shares.get(secretKey)?.secretKey === secretKey) return secretKey;
  for (const share of shares.values()) if (share.secretKey === secretKey) return share.key;
  return secretKey;
}
