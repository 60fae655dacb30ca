import { platformReasons, type PlatformReason } from '@valetkey/share';
import { storeKindOf, type CachedPolicy, type CachedStore, type ShareCaches } from './share-caches.ts';

const kinds = ['SharePolicy', 'ShareStore', 'ClusterShareStore'] as const;
const reasons = platformReasons.filter((reason) => reason !== 'Available');

/** Objects of one kind that cannot be used for one reason. */
export interface Unusable {
  readonly kind: (typeof kinds)[number];
  readonly reason: PlatformReason;
  readonly count: number;
}

/**
 * How many policies and stores cannot be used: those that break a rule of their kind, which each replica sees for
 * itself, and those whose status says why not. One entry for every kind and reason, zeros as well; those that are being
 * deleted do not count.
 */
export function countUnusable(
  caches: Pick<ShareCaches, 'policies' | 'stores' | 'clusterStores'>,
): readonly Unusable[] {
  const counts = new Map<string, number>();
  const count = (kind: Unusable['kind'], object: CachedPolicy | CachedStore): void => {
    const reason = reasonOf(object);
    if (object.metadata.deletionTimestamp !== undefined || reason === undefined) return;
    counts.set(`${kind} ${reason}`, (counts.get(`${kind} ${reason}`) ?? 0) + 1);
  };
  for (const policy of caches.policies.values()) count('SharePolicy', policy);
  for (const store of [...caches.stores.values(), ...caches.clusterStores.values()]) {
    count(storeKindOf(store), store);
  }
  return kinds.flatMap((kind) =>
    reasons.map((reason) => ({ kind, reason, count: counts.get(`${kind} ${reason}`) ?? 0 })),
  );
}

/** Of the closed list only, whatever a status says. */
function reasonOf(object: CachedPolicy | CachedStore): PlatformReason | undefined {
  if (!('spec' in object)) return object.finding.reason;
  const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'False' ? reasons.find((reason) => reason === ready.reason) : undefined;
}
