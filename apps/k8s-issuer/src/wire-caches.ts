/**
 * What keeps the caches at the cluster's state: a watch per kind, or, when only some namespaces are served, a watch
 * per namespaced kind and namespace. Watching Namespaces needs a right over the whole cluster, so in that case
 * their labels are read every ten seconds instead.
 */
import {
  readClusterShareStore,
  readShare,
  readSharePolicy,
  readShareStore,
  type PlatformFinding,
} from '@valetkey/share';

import type { ShareHandlers } from './controllers/share/handlers.ts';
import type { CachedStore, Namespace, ShareCaches } from './controllers/share/share-caches.ts';
import type { KubeClient } from './kube/client.ts';
import { KubeError } from './kube/kube-error.ts';
import { listWatch } from './kube/list-watch.ts';
import type { KubeTransport } from './kube/transport.ts';
import type { Log } from './observability/outage-log.ts';
import type { MirrorHandlers } from './runtime/mirror.ts';
import { toObjectKey, type ApiObject } from './runtime/object-key.ts';
import { scopedStore, type ObjectStore } from './runtime/object-store.ts';
import { createPoller } from './runtime/poller.ts';
import { createReflector, type Reflector } from './runtime/reflector.ts';
import type { Timers } from './runtime/timer.ts';
import type { WatchEnd } from './runtime/watch-back-off.ts';

const group = '/apis/valetkey.dev/v1alpha1';
const namespacePollMs = 10_000;

/** What the caches are filled from, and who is told. */
interface CacheParts {
  readonly caches: ShareCaches;
  readonly handlers: ShareHandlers;
  readonly transport: KubeTransport;
  readonly client: KubeClient;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Log;
  readonly onWatchEnd: (kind: string, why: WatchEnd) => void;
}

/** What is followed: one collection of a kind into one store. */
interface Followed<T extends ApiObject> {
  readonly kind: string;
  readonly path: string;
  readonly store: ObjectStore<T>;
  readonly parse: (raw: unknown) => T;
  readonly handlers: MirrorHandlers<T>;
}

/** The reflectors of the whole cluster, or of `namespaces` only. */
export function wireCaches(parts: CacheParts, namespaces: readonly string[] | undefined): Reflector[] {
  const { caches, handlers } = parts;
  const policies = reflect(parts, {
    kind: 'sharepolicies',
    path: `${group}/sharepolicies`,
    store: caches.policies,
    parse: telling(parts, readSharePolicy),
    handlers: handlers.policy,
  });
  const clusterStores = reflect<CachedStore<'ClusterShareStore'>>(parts, {
    kind: 'clustersharestores',
    path: `${group}/clustersharestores`,
    store: caches.clusterStores,
    parse: telling(parts, readClusterShareStore),
    handlers: handlers.store,
  });
  const namespaced =
    namespaces === undefined
      ? [watchNamespaces(parts), ...reflectNamespaced(parts, undefined)]
      : namespaces.flatMap((name) => [pollNamespace(parts, name), ...reflectNamespaced(parts, name)]);
  return [policies, clusterStores, ...namespaced];
}

function reflectNamespaced(parts: CacheParts, namespace: string | undefined): Reflector[] {
  const { caches, handlers } = parts;
  const toPath = (kind: string): string =>
    namespace === undefined ? `${group}/${kind}` : `${group}/namespaces/${namespace}/${kind}`;
  // Several reflectors fill one store, and none may take the others' objects for deleted ones.
  const toStore = <T extends ApiObject>(store: ObjectStore<T>): ObjectStore<T> =>
    namespace === undefined ? store : scopedStore(store, `${namespace}/`);
  return [
    reflect(parts, {
      kind: 'sharestores',
      path: toPath('sharestores'),
      store: toStore(caches.stores),
      parse: telling(parts, readShareStore),
      handlers: handlers.store,
    }),
    reflect(parts, {
      kind: 'shares',
      path: toPath('shares'),
      store: toStore(caches.shares),
      parse: readShare,
      handlers: handlers.share,
    }),
  ];
}

function watchNamespaces(parts: CacheParts): Reflector {
  return reflect(parts, {
    kind: 'namespaces',
    path: '/api/v1/namespaces',
    store: parts.caches.namespaces,
    parse: parseNamespace,
    handlers: parts.handlers.namespace,
  });
}

function pollNamespace(parts: CacheParts, name: string): Reflector {
  const { caches, handlers, client, timers, logger } = parts;
  return createPoller<Namespace>({
    name: 'namespaces',
    read: async (signal) => {
      try {
        return parseNamespace(await client.get(`/api/v1/namespaces/${name}`, { signal }));
      } catch (error) {
        if (error instanceof KubeError && error.status === 404) return undefined;
        throw error;
      }
    },
    key: name,
    everyMs: namespacePollMs,
    store: caches.namespaces,
    handlers: handlers.namespace,
    timers,
    onError: (err) => logger.warn({ kind: 'namespaces', object: name, err }, 'a Namespace could not be read'),
  });
}

function reflect<T extends ApiObject>(parts: CacheParts, followed: Followed<T>): Reflector {
  const { transport, timers, random, logger, onWatchEnd } = parts;
  const { kind, path, store, parse, handlers } = followed;
  return createReflector({
    name: kind,
    listWatch: listWatch(transport, path, {
      parse,
      onInvalid: (object, err) => logger.warn({ kind, object, err }, 'an object cannot be read'),
    }),
    store,
    handlers,
    timers,
    random,
    onError: (err) => logger.warn({ kind, err }, 'a watch failed and is begun again'),
    onWatchEnd: (why) => onWatchEnd(kind, why),
  });
}

interface Readable extends ApiObject {
  readonly kind: string;
  /** What is wrong with it, if anything is. */
  readonly finding?: PlatformFinding;
}

/** An issuer of some namespaces may not write the status of what is the cluster's; its log says it in any case. */
function telling<T extends Readable>({ logger }: CacheParts, read: (raw: unknown) => T): (raw: unknown) => T {
  return (raw) => {
    const object = read(raw);
    const { kind, finding } = object;
    if (finding !== undefined) {
      logger.warn(
        { kind, object: toObjectKey(object), why: finding.message },
        'an object breaks a rule of its kind',
      );
    }
    return object;
  };
}

function parseNamespace(raw: unknown): Namespace {
  if (typeof raw === 'object' && raw !== null && 'metadata' in raw) {
    const { metadata } = raw;
    if (typeof metadata === 'object' && metadata !== null && 'name' in metadata) return raw as Namespace;
  }
  throw new TypeError('a Namespace without a name');
}
