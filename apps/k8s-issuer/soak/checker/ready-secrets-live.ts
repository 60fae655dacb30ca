import type { HistoryRecord, ShareRecord } from '../history/history-record.ts';
import { isBehind, replay, secretOf, type Known } from './replay.ts';
import { createFindings, type Verdict } from './verdict.ts';

/** Two watches are not one: for so many samples in a row a Secret and its Share may contradict each other. */
const samplesApart = 3;

/** At every sample each Ready Share's Secret exists, and each URL in it has life left. */
export function readySecretsLive(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings("every Ready Share's Secret has life left at every sample");
  const apart = new Map<string, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const { record, known } of replay(history)) {
    if (record.kind !== 'tick') continue;
    for (const share of known.shares.values()) {
      if (share.ready !== 'True') continue;
      const isOver = share.endsMs !== undefined && share.endsMs <= record.atMs;
      // What has come to the end it asked for is about to be withdrawn, and owes nobody anything.
      const leftMs = isOver ? undefined : lifeLeftMs(known, share, record.atMs);
      if (leftMs !== undefined && share.endsMs === undefined) least = Math.min(least, leftMs);
      // While the API server is away nobody can say what is there; but what was there ends all the same.
      const count = leftMs === undefined && record.reachable ? (apart.get(share.uid) ?? 0) + 1 : 0;
      apart.set(share.uid, count);
      findings.check(
        leftMs === undefined ? count < samplesApart : leftMs > 0,
        () =>
          `${share.key} at ${record.atMs}: ${leftMs === undefined ? 'Ready without URLs or past its end' : `ended ${-leftMs} ms ago`}`,
      );
    }
  }
  return findings.conclude(`least life left ${(least / 1000).toFixed(1)} s`);
}

/** Of the URL that ends first; undefined when there is none, or when what is seen is older than the Share. */
function lifeLeftMs(known: Known, share: ShareRecord, atMs: number): number | undefined {
  const secret = secretOf(known, share);
  if (isBehind(known, share) || secret === undefined || secret.urls.length === 0) return undefined;
  return Math.min(...secret.urls.map(({ expiresMs }) => expiresMs)) - atMs;
}
