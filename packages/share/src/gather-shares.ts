/** What a cluster would gather for each Share, from the objects that would be applied to it. */
import { quote, ValetkeyError } from '@valetkey/core';
import type { NamespaceFacts } from './namespace-match.ts';
import { rivalOf } from './secret-claim.ts';
import type { AnyShareStore, ShareInputs } from './share-inputs.ts';
import { toStoreInputs } from './store-inputs.ts';
import { parseClusterShareStore, parseShare, parseSharePolicy, parseShareStore } from './v1alpha1/parse.ts';
import {
  readClusterShareStore,
  readSharePolicy,
  readShareStore,
  type InvalidSharePolicy,
  type InvalidStore,
} from './v1alpha1/read-platform.ts';
import type { SharePolicy } from './v1alpha1/share-policy.ts';
import type { Share } from './v1alpha1/share.ts';

interface World {
  readonly shares: Share[];
  readonly policies: SharePolicy[];
  readonly invalidPolicies: InvalidSharePolicy[];
  readonly stores: (AnyShareStore | InvalidStore)[];
  readonly namespaces: NamespaceFacts[];
}

/**
 * The inputs of every Share among Kubernetes objects, in their order, with the policies, stores and Namespaces
 * among them; a namespace that is not among them has only its own name as label. Other kinds are passed over.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration` when an object is not valid
 * @public
 */
export function gatherShares(objects: readonly unknown[], nowMs: number): readonly ShareInputs[] {
  return toAllInputs(
    toWorld(objects, {
      policy: parseSharePolicy,
      store: parseShareStore,
      clusterStore: parseClusterShareStore,
    }),
    nowMs,
  );
}

/**
 * As `gatherShares`, of objects that an API server has stored: a policy or a store that breaks a rule, since it was
 * stored before the rule was, counts as absent and is told of.
 * @throws ValetkeyError `unknown-field`, `invalid-configuration` when a Share is not valid
 * @public
 */
export function gatherStoredShares(objects: readonly unknown[], nowMs: number): readonly ShareInputs[] {
  return toAllInputs(
    toWorld(objects, { policy: readSharePolicy, store: readShareStore, clusterStore: readClusterShareStore }),
    nowMs,
  );
}

function toAllInputs(world: World, nowMs: number): readonly ShareInputs[] {
  return world.shares.map((share) => toInputs(share, world, nowMs));
}

function toInputs(share: Share, world: World, nowMs: number): ShareInputs {
  const namespace = share.metadata.namespace ?? 'default';
  const { kind, name } = share.spec.storeRef;
  const own = (store: World['stores'][number]) =>
    kind === 'ClusterShareStore' || (store.metadata.namespace ?? 'default') === namespace;
  const store = world.stores.find(
    (candidate) =>
      [kind, `Invalid${kind}`].includes(candidate.kind) && candidate.metadata.name === name && own(candidate),
  );
  return {
    share,
    namespace: world.namespaces.find((known) => known.name === namespace) ?? toNamespace(namespace, {}),
    policies: world.policies,
    invalidPolicies: world.invalidPolicies,
    ...toStoreInputs(store),
    rival: rivalOf(share, world.shares),
    nowMs,
  };
}

function toNamespace(name: string, labels: Readonly<Record<string, string>>): NamespaceFacts {
  // Every namespace has this label; the API server sets it.
  return { name, labels: { ...labels, 'kubernetes.io/metadata.name': name }, terminating: false };
}

/** How an object becomes one of ours. */
interface Readers {
  readonly policy: (object: unknown) => SharePolicy | InvalidSharePolicy;
  readonly store: (object: unknown) => AnyShareStore | InvalidStore;
  readonly clusterStore: (object: unknown) => AnyShareStore | InvalidStore;
}

function toWorld(objects: readonly unknown[], read: Readers): World {
  const world: World = { shares: [], policies: [], invalidPolicies: [], stores: [], namespaces: [] };
  for (const object of objects) {
    switch (kindOf(object)) {
      case 'Share':
        world.shares.push(parseShare(object));
        break;
      case 'SharePolicy':
        addPolicy(world, read.policy(object));
        break;
      case 'ShareStore':
        world.stores.push(read.store(object));
        break;
      case 'ClusterShareStore':
        world.stores.push(read.clusterStore(object));
        break;
      case 'Namespace':
        world.namespaces.push(toNamespaceFacts(object));
        break;
      default:
        break;
    }
  }
  return world;
}

function addPolicy(world: World, policy: SharePolicy | InvalidSharePolicy): void {
  if (policy.kind === 'SharePolicy') world.policies.push(policy);
  else world.invalidPolicies.push(policy);
}

function kindOf(object: unknown): string {
  if (typeof object === 'object' && object !== null && 'kind' in object && typeof object.kind === 'string') {
    return object.kind;
  }
  throw new ValetkeyError('invalid-configuration', {
    field: 'kind',
    expected: 'a Kubernetes object',
    got: quote(object),
  });
}

function toNamespaceFacts(object: unknown): NamespaceFacts {
  const metadata =
    typeof object === 'object' && object !== null && 'metadata' in object ? object.metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('name' in metadata)) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'Namespace.metadata.name',
      expected: 'a name',
      got: 'none',
    });
  }
  const labels = 'labels' in metadata && typeof metadata.labels === 'object' ? metadata.labels : {};
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => [key, String(value)] as const);
  return toNamespace(String(metadata.name), Object.fromEntries(pairs));
}
