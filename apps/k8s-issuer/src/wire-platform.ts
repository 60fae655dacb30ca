/** Controllers of what the platform declares: they report, and tell when credentials have changed. */
import { createPolicyReconcile } from './controllers/policy/policy-reconcile.ts';
import { sharesOfStore } from './controllers/share/affected-shares.ts';
import type { ShareHandlers } from './controllers/share/handlers.ts';
import {
  bucketsOf,
  storeKindOf,
  toNamespaceFacts,
  type CachedPolicy,
  type CachedShare,
  type CachedStore,
  type ShareCaches,
} from './controllers/share/share-caches.ts';
import type { Signer } from './controllers/share/signer.ts';
import { createStoreReconcile, toStoreKey } from './controllers/store/store-reconcile.ts';
import type { IssuerParts } from './issuer-parts.ts';
import type { KubeClient } from './kube/client.ts';
import { createController, type Controller } from './runtime/controller.ts';
import type { MirrorHandlers } from './runtime/mirror.ts';
import { createRateLimitingQueue } from './runtime/rate-limiting-queue.ts';

/** Counts of a policy are written at most this often, in milliseconds. */
const countEveryMs = 5_000;

/** The platform's controllers in one term of leadership. */
export interface Platform {
  readonly controllers: readonly Controller[];
  /** `before` is what the policy was, if it is not new. */
  readonly policyChanged: (policy: CachedPolicy, before?: CachedPolicy) => void;
  readonly storeChanged: (store: CachedStore) => void;
  readonly shareChanged: (share: CachedShare) => void;
}

/** Makes the platform's controllers of one term. */
export function createPlatform(given: {
  readonly parts: Pick<IssuerParts, 'clock' | 'timers' | 'logger'> & {
    readonly options: Pick<IssuerParts['options'], 'namespaces'>;
  };
  readonly caches: ShareCaches;
  readonly client: Pick<KubeClient, 'patchStatus'>;
  readonly signer: Pick<Signer, 'identify'>;
  readonly retryAfterMs: (error: unknown) => number | 'never' | undefined;
  /** Asks for a visit to a Share. */
  readonly add: (key: string) => void;
}): Platform {
  const { parts, caches, client, signer, retryAfterMs, add } = given;
  const { clock, timers, logger, options } = parts;
  // Of some namespaces only, the counts would be wrong, and what is the cluster's is read-only.
  const isWhole = options.namespaces === undefined;
  const policies = createRateLimitingQueue({ timers });
  const stores = createRateLimitingQueue({ timers });
  const shared = { timers, workers: 1, retryAfterMs };
  const policyController = createController({
    ...shared,
    name: 'policy',
    queue: policies,
    reconcile: createPolicyReconcile({
      client,
      clock,
      policyOf: (name) => caches.policies.get(name),
      sharesUnder: (policy) =>
        bucketsOf(policy)
          .flatMap((bucket) => caches.shares.byIndex('bucket', bucket))
          .filter(isShare),
      namespaceOf: (name) => {
        const namespace = caches.namespaces.get(name);
        return namespace === undefined ? undefined : toNamespaceFacts(namespace);
      },
    }),
    onError: (policy, err) => logger.warn({ policy, err }, 'a policy could not be reported on'),
  });
  const storeController = createController({
    ...shared,
    name: 'store',
    queue: stores,
    reconcile: createStoreReconcile({
      client,
      clock,
      storeOf: (key) => caches.clusterStores.get(key) ?? caches.stores.get(key),
      identify: signer.identify,
      mayReport: (store) => isWhole || storeKindOf(store) === 'ShareStore',
      onChange: (store) => sharesOfStore(caches, store).forEach((key) => add(key)),
    }),
    onError: (store, err) => logger.warn({ store, err }, 'a store could not be reported on'),
  });
  for (const name of caches.policies.keys()) policies.addAfter(name, countEveryMs);
  for (const store of [caches.clusterStores, caches.stores]) {
    for (const key of store.keys()) stores.add(key);
  }
  return {
    controllers: isWhole ? [policyController, storeController] : [storeController],
    policyChanged: ({ metadata }, before) => {
      // Heard again, the counts are no reason to count: while Shares change that would go on and on.
      const isStatus =
        before?.metadata.uid === metadata.uid && before?.metadata.generation === metadata.generation;
      if (isStatus) policies.addAfter(metadata.name, countEveryMs);
      else policies.add(metadata.name);
    },
    storeChanged: (store) => stores.add(toStoreKey(store)),
    shareChanged: (share) => {
      if (share.kind !== 'Share') return;
      for (const { metadata } of caches.policies.byIndex('bucket', share.spec.bucket)) {
        policies.addAfter(metadata.name, countEveryMs);
      }
    },
  };
}

/** The handlers, and after each the platform's controllers of the term, if there is one. */
export function alsoTelling(handlers: ShareHandlers, platform: () => Platform | undefined): ShareHandlers {
  return {
    ...handlers,
    share: both(handlers.share, (share) => platform()?.shareChanged(share)),
    policy: both(handlers.policy, (policy, before) => platform()?.policyChanged(policy, before)),
    store: both(handlers.store, (store) => platform()?.storeChanged(store)),
  };
}

function both<T>(first: MirrorHandlers<T>, second: (object: T, before?: T) => void): MirrorHandlers<T> {
  return {
    added: (object) => {
      first.added(object);
      second(object);
    },
    updated: (before, object) => {
      first.updated(before, object);
      second(object, before);
    },
    deleted: (last) => {
      first.deleted(last);
      second(last);
    },
  };
}

function isShare(share: CachedShare): share is Extract<CachedShare, { kind: 'Share' }> {
  return share.kind === 'Share';
}
