import type { HistoryRecord, SecretRecord, ShareRecord } from '../history/history-record.ts';

/** What was known of the cluster at one moment of a history. */
export interface Known {
  /** By namespace and name. */
  readonly shares: ReadonlyMap<string, ShareRecord>;
  readonly secrets: ReadonlyMap<string, SecretRecord>;
  /** The newest version of any Secret that had been seen. */
  readonly secretsVersion: bigint;
}

/** Goes through a history and tells with each record what was known right after it. */
export function* replay(
  history: readonly HistoryRecord[],
): Generator<{ readonly record: HistoryRecord; readonly known: Known }> {
  const shares = new Map<string, ShareRecord>();
  const secrets = new Map<string, SecretRecord>();
  let secretsVersion = 0n;
  for (const record of history) {
    if (record.kind === 'share') shares.set(record.key, record);
    else if (record.kind === 'share-gone') shares.delete(record.key);
    else if (record.kind === 'secret') secrets.set(record.key, record);
    else if (record.kind === 'secret-gone') secrets.delete(record.key);
    if (record.kind === 'secret' || record.kind === 'secret-gone') {
      const version = BigInt(record.version);
      if (version > secretsVersion) secretsVersion = version;
    }
    yield { record, known: { shares, secrets, secretsVersion } };
  }
}

/** The Share's own Secret, as far as it was known. */
export function secretOf({ secrets }: Known, share: ShareRecord): SecretRecord | undefined {
  const secret = secrets.get(share.secretKey);
  return secret?.ownerUid === share.uid ? secret : undefined;
}

/** Whether the watch of Secrets is still behind what the Share's status speaks of. */
export function isBehind({ secretsVersion }: Known, { secretVersion }: ShareRecord): boolean {
  return secretVersion !== '' && BigInt(secretVersion) > secretsVersion;
}
