/** Turns what the caches hear into visits: each change asks for the Shares that it concerns. */
import { isDeepStrictEqual } from 'node:util';

import type { MirrorHandlers } from '../../runtime/mirror.ts';
import { toObjectKey } from '../../runtime/object-key.ts';
import { sharesInNamespace, sharesOfStore, sharesOnSecret, sharesUnderPolicy } from './affected-shares.ts';
import type { CachedPolicy, CachedShare, CachedStore, Namespace, ShareCaches } from './share-caches.ts';
import type { ShareMemory } from './share-memory.ts';

/** Handlers for each kind. */
export interface ShareHandlers {
  readonly share: MirrorHandlers<CachedShare>;
  readonly policy: MirrorHandlers<CachedPolicy>;
  readonly store: MirrorHandlers<CachedStore>;
  readonly namespace: MirrorHandlers<Namespace>;
}

export function createShareHandlers(
  caches: ShareCaches,
  memory: ShareMemory,
  add: (key: string) => void,
): ShareHandlers {
  const addAll = (keys: readonly string[]): void => keys.forEach((key) => add(key));
  return {
    share: {
      added: (share) => add(toObjectKey(share)),
      updated: (before, share) => {
        const key = toObjectKey(share);
        const isForeign = memory.hears(key, share);
        if (isForeign || asksForVisit(before, share)) add(key);
      },
      deleted: (share) => addAll(sharesOnSecret(caches, share)),
    },
    policy: toAffected((policy) => addAll(sharesUnderPolicy(caches, policy))),
    store: toAffected((store) => addAll(sharesOfStore(caches, store))),
    namespace: toAffected((namespace) => addAll(sharesInNamespace(caches, namespace))),
  };
}

/** A status is most likely this controller's own word: hearing it again is no reason to look. */
function asksForVisit(earlier: CachedShare, later: CachedShare): boolean {
  const renew = 'valetkey.dev/renew-requested-at';
  const [before, after] = [earlier.metadata, later.metadata];
  return (
    earlier.kind !== later.kind ||
    before.uid !== after.uid ||
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    before.annotations?.[renew] !== after.annotations?.[renew]
  );
}

/** What a decision may rest on. A status is none of it, and the issuer writes those itself. */
interface Decisive {
  readonly metadata: {
    readonly uid?: string | undefined;
    readonly generation?: number | undefined;
    readonly deletionTimestamp?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  };
}

/** An update concerns what the old state covered and what the new one does. */
function toAffected<T extends Decisive>(visit: (object: T) => void): MirrorHandlers<T> {
  return {
    added: visit,
    updated: (before, after) => {
      if (isSame(before, after)) return;
      visit(before);
      visit(after);
    },
    deleted: visit,
  };
}

function isSame({ metadata: before }: Decisive, { metadata: after }: Decisive): boolean {
  return (
    // One of the same name made anew begins its generations anew.
    before.uid === after.uid &&
    before.generation === after.generation &&
    before.deletionTimestamp === after.deletionTimestamp &&
    isDeepStrictEqual(before.labels, after.labels)
  );
}
