import type { HistoryRecord, SecretRecord } from '../history/history-record.ts';
import { createFindings, type Verdict } from './verdict.ts';

/** The audit log's times and the watch's are some milliseconds apart. */
const watchLagMs = 500;

interface Life {
  readonly secret: SecretRecord;
  endMs: number;
}

/** No issuer writes a Secret that has no Share for its owner, and none of those ever changes. */
export function foreignSecretsUntouched(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings('no write to a Secret without our uid');
  // Of the whole history: a Secret may be seen before its Share.
  const owners = new Map<string, string>();
  for (const record of history) if (record.kind === 'share') owners.set(record.uid, record.secretKey);
  const foreign: Life[] = [];
  const living = new Map<string, Life>();
  for (const record of history) {
    if (record.kind === 'secret-gone') end(living, record.key, record.atMs);
    if (record.kind !== 'secret') continue;
    if (record.ownerUid !== '') {
      findings.check(
        owners.get(record.ownerUid) === record.key,
        () => `${record.key} has an owner that no Share of this name is: '${record.ownerUid}'`,
      );
      continue;
    }
    const known = living.get(record.key);
    findings.check(
      known === undefined || known.secret.uid !== record.uid || known.secret.content === record.content,
      () => `${record.key} belongs to somebody else and has changed at ${record.atMs}`,
    );
    if (known?.secret.uid === record.uid) continue;
    end(living, record.key, record.atMs);
    const life = { secret: record, endMs: Number.POSITIVE_INFINITY };
    living.set(record.key, life);
    foreign.push(life);
  }
  for (const write of history) {
    if (write.kind !== 'write' || write.resource !== 'secrets') continue;
    const hit = foreign.find(
      ({ secret, endMs }) =>
        secret.key === write.key &&
        secret.atMs + watchLagMs < write.atMs &&
        write.doneMs < endMs - watchLagMs,
    );
    findings.check(
      hit === undefined,
      () => `${write.key} was written at ${write.atMs} by ${write.credentialId}`,
    );
  }
  return findings.conclude(`${foreign.length} foreign Secrets seen`);
}

function end(living: Map<string, Life>, key: string, atMs: number): void {
  const life = living.get(key);
  if (life !== undefined) life.endMs = atMs;
  living.delete(key);
}
