import type { HistoryRecord } from '../history/history-record.ts';
import { isBehind, replay, secretOf } from './replay.ts';
import { createFindings, type Verdict } from './verdict.ts';

/** Two watches are not one: for so many samples in a row a Secret and its Share may contradict each other. */
const samplesApart = 3;

/** A Share that says it is not authorized has no URL in its Secret. */
export function deniedHasNoUrl(history: readonly HistoryRecord[]): Verdict {
  const findings = createFindings('a denied Share has no URL');
  const apart = new Map<string, number>();
  const denied = new Set<string>();
  for (const { record, known } of replay(history)) {
    if (record.kind !== 'tick' || !record.reachable) continue;
    for (const share of known.shares.values()) {
      if (share.authorized !== 'False') continue;
      denied.add(share.uid);
      const urls = isBehind(known, share) ? 0 : (secretOf(known, share)?.urls.length ?? 0);
      const count = urls === 0 ? 0 : (apart.get(share.uid) ?? 0) + 1;
      apart.set(share.uid, count);
      findings.check(
        count < samplesApart,
        () => `${share.key} at ${record.atMs}: ${share.reason}, ${urls} URLs`,
      );
    }
  }
  return findings.conclude(`${denied.size} denied Shares seen`);
}
