/** Which Share is visited first of those that wait. */
import { parseInstant, type Clock } from '@valetkey/core';
import type { ShareHead } from '@valetkey/share';
import type { Priority } from '../../runtime/fair-lanes.ts';
import type { ShareCaches } from './share-caches.ts';
import type { ShareMemory } from './share-memory.ts';

/**
 * Only a status is left to be written: after all others of its namespace, whoever asks for it meanwhile, so that a second
 * change of a policy does not hold up what the first withdraws.
 */
const emptied: Priority = { lane: 'routine', deadlineMs: Number.MAX_SAFE_INTEGER };

/** What the order depends on. */
interface VisitPriorityOptions {
  readonly caches: Pick<ShareCaches, 'shares'>;
  readonly memory: Pick<ShareMemory, 'withdrawalOf'>;
  readonly clock: Clock;
}

/** Creates the order of a queue of visits: whoever has no valid URL comes first, then whoever's ends first. */
export function createVisitPriority({ caches, memory, clock }: VisitPriorityOptions) {
  return (key: string): Priority => {
    const share = caches.shares.get(key);
    if (share !== undefined && memory.withdrawalOf(key, share) !== undefined) return emptied;
    const nowMs = clock.now();
    const left = leftMs(share, nowMs) ?? -nowMs;
    return { lane: left <= 0 ? 'urgent' : 'routine', deadlineMs: nowMs + left };
  };
}

/** What is left of the published URLs, in milliseconds; undefined without any. */
export function leftMs(share: ShareHead | undefined, nowMs: number): number | undefined {
  const expirationTime = share?.status?.expirationTime;
  return expirationTime === undefined ? undefined : parseInstant(expirationTime, 'expirationTime') - nowMs;
}
