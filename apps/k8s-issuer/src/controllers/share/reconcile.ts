/**
 * One visit to one Share: gather, decide, issue if due, write, report.
 */
import type { Clock } from '@valetkey/core';
import { toShareStatus, type ShareHead, type ShareOutcome, type ShareStatus } from '@valetkey/share';
import type { Scheduler } from '../../runtime/scheduler.ts';
import { unlessBrief, type VisitEnd } from './busy.ts';
import { gather, shareOf, withStatus, type Gathered } from './gather.ts';
import { publish } from './publish.ts';
import { removalMsOf, schedule } from './schedule.ts';
import type { ShareApi } from './share-api.ts';
import { holdsUrls, type CachedShare, type ShareCaches } from './share-caches.ts';
import type { ShareMemory } from './share-memory.ts';
import type { Signer } from './signer.ts';
import { withdraw } from './withdraw.ts';
import { writeStatus } from './write-status.ts';

/** How soon to look again when the cache has not yet seen our last write. */
const staleCacheWaitMs = 50;
/** How soon to look again when another issuer wrote, or when a cache may be behind. */
const unsureWaitMs = 2_000;

/** What a visit needs. */
export interface ReconcileOptions {
  readonly caches: ShareCaches;
  readonly memory: ShareMemory;
  readonly api: ShareApi;
  readonly signer: Signer;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Whether every cache follows the API server now: URLs are only withdrawn when it is so. */
  readonly isCurrent: () => boolean;
  /** Whether other Shares wait for a visit. */
  readonly othersWait: () => boolean;
  /** Set while no admission policy bounds the issuer's writes: whether that is `allowed`, or it was `lost`. */
  readonly unguarded: () => 'allowed' | 'lost' | undefined;
  /** Whether Shares are deleted `ttlAfterEnd` after their end. */
  readonly deletesEnded: boolean;
  /** Asks for a look at the Secret of a Share that this issuer knows from its status only. */
  readonly check: (key: string) => void;
  /** Told of each outcome and of the Share as it was before, for metrics and events. It must not throw. */
  readonly onOutcome: (outcome: ShareOutcome, share: ShareHead) => void;
}

type Reconcile = (
  key: string,
) => Promise<{ readonly requeueAfterMs?: number; readonly requeueLate?: boolean } | void>;

/** Creates the function that a controller calls with `namespace/name`. */
export function createReconcile(options: ReconcileOptions): Reconcile {
  const { caches, memory, scheduler, clock, othersWait, unguarded, check, onOutcome } = options;
  return async (key) => {
    const nowMs = clock.now();
    const gathered = gather(caches, memory, key, nowMs);
    if (gathered === undefined) {
      scheduler.cancel(key);
      memory.forget(key);
      return;
    }
    const stored = shareOf(gathered);
    if (memory.isStale(key, stored)) return { requeueAfterMs: staleCacheWaitMs };
    const earlier = memory.withdrawalOf(key, stored);
    const current = earlier === undefined ? gathered : withStatus(gathered, earlier.status);
    const share = shareOf(current);
    const outcome = unlessBrief(await act(key, current, options), (is) => memory.busyForMs(key, is, nowMs));
    if (outcome === 'postponed') return { requeueAfterMs: unsureWaitMs };
    if (outcome === 'superseded') {
      memory.forget(key);
      // Of a Secret that was emptied the stored status says that it is full.
      const published = stored.status?.secretRef?.resourceVersion;
      if (earlier !== undefined && published !== undefined) memory.drifted(key, published);
      return { requeueAfterMs: unsureWaitMs };
    }
    if (!memory.isChecked(key, share)) check(key);
    const finding = outcome.kind === 'denied' ? outcome.finding : undefined;
    if (finding === undefined || finding.reason !== earlier?.finding.reason) onOutcome(outcome, share);
    if (isOver(share, outcome, nowMs, options)) return removeShare(share, options);
    const facts = { isDrifted: memory.isDrifted(key, share), unguarded: unguarded() };
    const status = toShareStatus(share, outcome, nowMs, facts);
    // A status costs the API server more than a Secret: first all that is to be withdrawn is, then it is told.
    if (finding !== undefined && holdsUrls(share) && othersWait()) {
      memory.withdrew(key, stored, { finding, status });
      return { requeueLate: true };
    }
    await report(key, stored, status, options);
    if (outcome.kind === 'issued' || outcome.kind === 'denied') memory.told(key);
    return schedule(key, { ...share, status }, outcome, { ...options, nowMs });
  };
}

async function act(key: string, gathered: Gathered, options: ReconcileOptions): Promise<VisitEnd> {
  return gathered.kind === 'share'
    ? publish(key, gathered.inputs, options)
    : withdraw(key, options, gathered, gathered.finding);
}

async function report(
  key: string,
  share: CachedShare,
  status: ShareStatus,
  { memory, api }: ReconcileOptions,
): Promise<void> {
  memory.writing(key);
  try {
    const resourceVersion = await writeStatus(api, share, status);
    memory.wrote(key, share, { ...(resourceVersion === undefined ? {} : { resourceVersion }), status });
  } catch (error) {
    memory.failed(key);
    throw error;
  }
}

/** Whether a Share is to be deleted: its time after its end has passed. */
function isOver(
  share: CachedShare,
  outcome: ShareOutcome,
  nowMs: number,
  { deletesEnded }: ReconcileOptions,
): boolean {
  const removalMs = removalMsOf(share);
  const hasEnded = outcome.kind === 'denied' && outcome.finding.reason === 'Ended';
  return deletesEnded && hasEnded && removalMs !== undefined && removalMs <= nowMs;
}

/** Only as it was seen: somebody may have moved the end time since. */
async function removeShare(
  { metadata }: CachedShare,
  { api }: ReconcileOptions,
): Promise<{ readonly requeueAfterMs?: number } | void> {
  const { namespace = '', name, uid = '', resourceVersion = '' } = metadata;
  const isRemoved = await api.removeShare(namespace, name, { uid, resourceVersion });
  return isRemoved ? undefined : { requeueAfterMs: unsureWaitMs };
}
