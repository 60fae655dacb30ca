import type { HistoryRecord } from '../history/history-record.ts';

/** A replica held the Lease from then on. */
export interface Term {
  readonly credentialId: string;
  readonly fromMs: number;
}

/** Who led when, as the API server's audit log has it: a Lease changes hands when somebody else's write of it is stored. */
export function toTerms(history: readonly HistoryRecord[]): readonly Term[] {
  const terms: Term[] = [];
  for (const record of history) {
    if (record.kind !== 'write' || record.resource !== 'leases') continue;
    const { credentialId, atMs } = record;
    if (terms.at(-1)?.credentialId !== credentialId) terms.push({ credentialId, fromMs: atMs });
  }
  return terms;
}
