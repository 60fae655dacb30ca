import { parseDurationSeconds, parseInstant } from '@valetkey/core';
import { backOffMs, type Finding, type ShareOutcome, type ShareStatus } from '@valetkey/share';
import type { Scheduler } from '../../runtime/scheduler.ts';
import type { CachedShare } from './share-caches.ts';

/**
 * A conflict is looked at again after at most this long, in milliseconds, and at least half of it: nobody tells when a
 * name gets free, and many that wait for one must not come all at once.
 */
const longestConflictWaitMs = 60_000;

/** What scheduling needs. */
export interface ScheduleOptions {
  readonly scheduler: Scheduler;
  readonly nowMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Whether Shares are deleted `ttlAfterEnd` after their end. */
  readonly deletesEnded: boolean;
}

/** Sets when to come again without being told. @returns what the queue has to do at once, if anything */
export function schedule(
  key: string,
  share: CachedShare,
  outcome: ShareOutcome,
  { scheduler, nowMs, random, deletesEnded }: ScheduleOptions,
): { readonly requeueAfterMs?: number } | undefined {
  const { status } = share;
  const visitAt = (dueMs: number | undefined): undefined => {
    if (dueMs === undefined) scheduler.cancel(key);
    else scheduler.at(key, dueMs);
  };
  switch (outcome.kind) {
    case 'issued':
    case 'kept':
      // The renewal of what is published for half a minute or less would come after its end.
      return visitAt(
        firstAfter(nowMs, [timeOf(status?.renewalTime), timeOf(status?.expirationTime), endMsOf(share)]),
      );
    case 'suspended':
      // Only to report that what is published has ended, or that the Share has.
      return visitAt(firstAfter(nowMs, [timeOf(status?.expirationTime), endMsOf(share)]));
    case 'denied':
      visitAt(outcome.finding.reason === 'Ended' && deletesEnded ? removalMsOf(share) : undefined);
      return outcome.finding.reason === 'SecretConflict'
        ? { requeueAfterMs: (longestConflictWaitMs * (1 + random())) / 2 }
        : undefined;
    case 'failed':
      if (outcome.isTerminal === true) {
        return visitAt(firstAfter(nowMs, [timeOf(status?.expirationTime), endMsOf(share)]));
      }
      return { requeueAfterMs: retryAfterMs(status, outcome.finding, nowMs) };
  }
}

/** When a Share that has ended is to be deleted, in milliseconds since the epoch; absent: never. */
export function removalMsOf(share: CachedShare): number | undefined {
  const endMs = endMsOf(share);
  if (share.kind !== 'Share' || endMs === undefined || share.spec.ttlAfterEnd === undefined) return undefined;
  return endMs + parseDurationSeconds(share.spec.ttlAfterEnd, 'spec.ttlAfterEnd') * 1000;
}

function endMsOf(share: CachedShare): number | undefined {
  return share.kind === 'Share' ? timeOf(share.spec.endTime) : undefined;
}

function timeOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : parseInstant(instant, 'instant');
}

function firstAfter(nowMs: number, times: readonly (number | undefined)[]): number | undefined {
  const later = times.filter((time) => time !== undefined && time > nowMs);
  return later.toSorted((a, b) => (a ?? 0) - (b ?? 0))[0];
}

function retryAfterMs(status: ShareStatus | undefined, { reason }: Finding, nowMs: number): number {
  const expiresMs = timeOf(status?.expirationTime);
  const waitMs = backOffMs(
    status?.failedAttempts ?? 1,
    expiresMs === undefined ? undefined : expiresMs - nowMs,
  );
  return reason === 'SecretConflict' ? Math.min(waitMs, longestConflictWaitMs) : waitMs;
}
