import type { HistoryRecord } from '../history/history-record.ts';
import { toTerms } from './terms.ts';
import { createFindings, type Verdict } from './verdict.ts';

/** After a new leader's first write nothing that an earlier one sends later is stored, until it leads again. */
export function oneWriter(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings("no successful write of an old leader after the new one's first");
  const terms = toTerms(history);
  const writes = history.filter((record) => record.kind === 'write' && record.resource !== 'leases');
  let takeovers = 0;
  terms.forEach(({ credentialId, fromMs }, n) => {
    const toMs = terms[n + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const own = writes.filter((write) => write.kind === 'write' && write.credentialId === credentialId);
    const first = own.find(({ atMs }) => atMs >= fromMs && atMs < toMs);
    if (first === undefined) return;
    takeovers += 1;
    for (const write of writes) {
      if (write.kind !== 'write' || write.atMs <= first.atMs || write.credentialId === credentialId) continue;
      // Somebody who has taken the Lease since then is a successor, not an old leader.
      const succeeds = terms.some(
        (term, m) => m > n && term.credentialId === write.credentialId && term.fromMs <= write.atMs,
      );
      findings.check(
        succeeds,
        () =>
          `${write.verb} of ${write.key} at ${write.atMs} by ${write.credentialId}, after a takeover at ${fromMs}`,
      );
    }
    findings.check(true, () => '');
  });
  return findings.conclude(`${takeovers} terms with writes, ${writes.length} writes`);
}
