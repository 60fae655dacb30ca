import type { ClusterShareStore, NamespaceFacts, Share, SharePolicy, ShareStore } from '@valetkey/share';
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

/** The last known state of all that a decision needs. */
export interface ShareCaches {
  readonly shares: ObjectStore<Share>;
  readonly policies: ObjectStore<SharePolicy>;
  readonly stores: ObjectStore<ShareStore>;
  readonly clusterStores: ObjectStore<ClusterShareStore>;
  readonly namespaces: ObjectStore<Namespace>;
}

/** Empty caches with the indexes that {@link ./affected-shares.ts} asks. */
export function createShareCaches(): ShareCaches {
  const shares = createObjectStore<Share>();
  shares.index('namespace', (share) => [share.metadata.namespace ?? '']);
  shares.index('bucket', (share) => [share.spec.bucket]);
  shares.index('store', (share) => [storeKeyOf(share)]);
  shares.index('secret', (share) => [secretKeyOf(share)]);
  return {
    shares,
    policies: createObjectStore<SharePolicy>(),
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
