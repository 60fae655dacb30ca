/** Turns what the caches hear into visits: each change asks for the Shares that it concerns. */
import type { AnyShareStore, Share, SharePolicy } from '@valetkey/share';
import type { MirrorHandlers } from '../../runtime/mirror.ts';
import { toObjectKey } from '../../runtime/object-key.ts';
import { sharesInNamespace, sharesOfStore, sharesOnSecret, sharesUnderPolicy } from './affected-shares.ts';
import type { Namespace, ShareCaches } from './share-caches.ts';

/** Handlers for each kind. */
export interface ShareHandlers {
  readonly share: MirrorHandlers<Share>;
  readonly policy: MirrorHandlers<SharePolicy>;
  readonly store: MirrorHandlers<AnyShareStore>;
  readonly namespace: MirrorHandlers<Namespace>;
}

export function createShareHandlers(caches: ShareCaches, add: (key: string) => void): ShareHandlers {
  const addAll = (keys: readonly string[]): void => keys.forEach((key) => add(key));
  return {
    share: {
      added: (share) => add(toObjectKey(share)),
      updated: (before, share) => {
        if (asksForVisit(before, share)) add(toObjectKey(share));
      },
      deleted: (share) => addAll(sharesOnSecret(caches, share)),
    },
    policy: toAffected((policy) => addAll(sharesUnderPolicy(caches, policy))),
    store: toAffected((store) => addAll(sharesOfStore(caches, store))),
    namespace: toAffected((namespace) => addAll(sharesInNamespace(caches, namespace))),
  };
}

/** A status is this controller's own word: hearing it again is no reason to look. */
function asksForVisit({ metadata: before }: Share, { metadata: after }: Share): boolean {
  const renew = 'valetkey.dev/renew-requested-at';
  return (
    before.uid !== after.uid ||
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    before.annotations?.[renew] !== after.annotations?.[renew]
  );
}

/** An update concerns what the old state covered and what the new one does. */
function toAffected<T>(visit: (object: T) => void): MirrorHandlers<T> {
  return {
    added: visit,
    updated: (before, after) => {
      visit(before);
      visit(after);
    },
    deleted: visit,
  };
}
