import {
  hasBetterClaim,
  secretKeyOf,
  type AnyShareStore,
  type InvalidShare,
  type InvalidSharePolicy,
  type InvalidStore,
  type NamespaceFacts,
  type Share,
  type SharePolicy,
} from '@valetkey/share';
import { createObjectStore, type ObjectStore } from '../../runtime/object-store.ts';

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

/** A policy, or one that breaks a rule: it allows nothing, and has a status to write. */
export type CachedPolicy = SharePolicy | InvalidSharePolicy;

/** A store of a kind, or one that breaks a rule: nothing is signed for it, and it has a status to write. */
export type CachedStore<Kind extends AnyShareStore['kind'] = AnyShareStore['kind']> = Extract<
  AnyShareStore | InvalidStore,
  { readonly kind: Kind | `Invalid${Kind}` }
>;

/** The last known state of all that a decision needs. */
export interface ShareCaches {
  readonly shares: ObjectStore<CachedShare>;
  readonly policies: ObjectStore<CachedPolicy>;
  readonly stores: ObjectStore<CachedStore<'ShareStore'>>;
  readonly clusterStores: ObjectStore<CachedStore<'ClusterShareStore'>>;
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
  shares.index('claim', claimedSecretOf, isBefore);
  const policies = createObjectStore<CachedPolicy>();
  policies.index('bucket', bucketsOf);
  return {
    shares,
    policies,
    stores: createObjectStore(),
    clusterStores: createObjectStore(),
    namespaces: createObjectStore<Namespace>(),
  };
}

/** Buckets that a policy is about, as far as they can be read. */
export function bucketsOf(policy: CachedPolicy): readonly string[] {
  return (policy.kind === 'InvalidSharePolicy' ? policy.scope?.buckets : policy.spec.buckets) ?? [];
}

/** The kind that a store is declared as. */
export function storeKindOf({ kind }: CachedStore): AnyShareStore['kind'] {
  return kind === 'ShareStore' || kind === 'InvalidShareStore' ? 'ShareStore' : 'ClusterShareStore';
}

/** Which store a Share names: `ClusterShareStore models` or `ShareStore vision/models`. */
function storeKeyOf(share: Share): string {
  const { kind, name } = share.spec.storeRef;
  return kind === 'ClusterShareStore'
    ? `${kind} ${name}`
    : `${kind} ${share.metadata.namespace ?? ''}/${name}`;
}

/** Which Secret a Share that lives claims. */
function claimedSecretOf(share: CachedShare): readonly string[] {
  const isAlive = share.kind === 'Share' && share.metadata.deletionTimestamp === undefined;
  return isAlive ? [secretKeyOf(share)] : [];
}

/** One that breaks a rule has no claim. */
function isBefore(share: CachedShare, other: CachedShare): boolean {
  return share.kind === 'Share' && other.kind === 'Share' && hasBetterClaim(share, other);
}

/** Whether its Secret holds URLs, as far as its status knows. */
export function holdsUrls({ status }: CachedShare): boolean {
  return status?.secretRef !== undefined && status.expirationTime !== undefined;
}

export function toNamespaceFacts({ metadata }: Namespace): NamespaceFacts {
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    terminating: metadata.deletionTimestamp !== undefined,
  };
}
