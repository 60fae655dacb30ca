import type {
  ClusterShareStore,
  InvalidShare,
  NamespaceFacts,
  Share,
  SharePolicy,
  ShareStore,
} from '@valetkey/share';
import { createObjectStore, type ObjectStore } from '../../runtime/object-store.ts';
import { secretNameOf } from '@valetkey/share';

/** A Namespace as far as it is read. */
export interface Namespace {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
    readonly deletionTimestamp?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  };
}

/** A Share, or one that breaks a rule: it still has a status to write, and URLs to withdraw. */
export type CachedShare = Share | InvalidShare;

/** The last known state of all that a decision needs. */
export interface ShareCaches {
  readonly shares: ObjectStore<CachedShare>;
  readonly policies: ObjectStore<SharePolicy>;
  readonly stores: ObjectStore<ShareStore>;
  readonly clusterStores: ObjectStore<ClusterShareStore>;
  readonly namespaces: ObjectStore<Namespace>;
}

/** Empty caches with the indexes that {@link ./affected-shares.ts} asks. */
export function createShareCaches(): ShareCaches {
  const shares = createObjectStore<CachedShare>();
  const index = (name: string, keyOf: (share: Share) => string): void =>
    shares.index(name, (share) => (share.kind === 'Share' ? [keyOf(share)] : []));
  shares.index('namespace', (share) => [share.metadata.namespace ?? '']);
  index('bucket', ({ spec }) => spec.bucket);
  index('store', storeKeyOf);
  index('secret', secretKeyOf);
  const policies = createObjectStore<SharePolicy>();
  policies.index('bucket', ({ spec }) => spec.buckets);
  return {
    shares,
    policies,
    stores: createObjectStore<ShareStore>(),
    clusterStores: createObjectStore<ClusterShareStore>(),
    namespaces: createObjectStore<Namespace>(),
  };
}

/** Which store a Share names: `ClusterShareStore models` or `ShareStore vision/models`. */
function storeKeyOf(share: Share): string {
  const { kind, name } = share.spec.storeRef;
  return kind === 'ClusterShareStore'
    ? `${kind} ${name}`
    : `${kind} ${share.metadata.namespace ?? ''}/${name}`;
}

/** Which Secret a Share keeps. */
export function secretKeyOf(share: Share): string {
  return `${share.metadata.namespace ?? ''}/${secretNameOf(share)}`;
}

export function toNamespaceFacts({ metadata }: Namespace): NamespaceFacts {
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    terminating: metadata.deletionTimestamp !== undefined,
  };
}
