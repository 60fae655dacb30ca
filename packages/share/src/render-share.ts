import { quote, ValetkeyError, type SigningCredentials, type Store } from '@valetkey/core';
import { decideShare } from './decide-share.ts';
import { issueShare } from './issue-share.ts';
import type { NamespaceFacts } from './namespace-match.ts';
import type { ShareSecret } from './secret/secret.ts';
import type { AnyShareStore, ShareInputs } from './share-inputs.ts';
import { parseClusterShareStore, parseShare, parseSharePolicy, parseShareStore } from './v1alpha1/parse.ts';
import type { SharePolicy } from './v1alpha1/share-policy.ts';
import type { Share } from './v1alpha1/share.ts';

/**
 * What rendering needs beside the objects.
 * @public
 */
export interface RenderOptions {
  /** Credentials for a store, and the store itself where another endpoint is to be signed for. */
  readonly signerFor: (
    store: Store,
  ) => Promise<{ readonly store: Store; readonly credentials: SigningCredentials }>;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * The Secrets that the issuer would publish for the Shares among the objects, without a cluster. The objects are
 * what would be applied: Shares with their policies, stores and Namespaces; a namespace that is not among them
 * has only its own name as label. Other kinds are passed over.
 * @throws ValetkeyError when an object is not valid, when a Share is not allowed, or when there is no Share
 * @public
 */
export async function renderShares(
  objects: readonly unknown[],
  options: RenderOptions,
): Promise<ShareSecret[]> {
  const world = toWorld(objects);
  if (world.shares.length === 0) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'the file',
      expected: 'at least one Share',
      got: 'none',
    });
  }
  const secrets: ShareSecret[] = [];
  for (const share of world.shares) secrets.push(await renderShare(share, world, options));
  return secrets;
}

interface World {
  readonly shares: Share[];
  readonly policies: SharePolicy[];
  readonly stores: AnyShareStore[];
  readonly namespaces: NamespaceFacts[];
}

async function renderShare(
  share: Share,
  world: World,
  { signerFor, nowMs }: RenderOptions,
): Promise<ShareSecret> {
  const inputs = toInputs(share, world, nowMs);
  const decision = decideShare(inputs);
  const name = `Share ${inputs.namespace.name}/${share.metadata.name}`;
  if (!decision.allowed) {
    const { reason, message } = decision.finding;
    throw new ValetkeyError('forbidden', {
      field: name,
      expected: 'a Share that may be published',
      got: `${reason}: ${message}`,
    });
  }
  const { store, credentials } = await signerFor(decision.store);
  const options = { share, namespace: inputs.namespace.name, revision: 1, nowMs };
  return issueShare({ ...decision, store }, credentials, options).secret;
}

function toInputs(share: Share, world: World, nowMs: number): ShareInputs {
  const namespace = share.metadata.namespace ?? 'default';
  const { kind, name } = share.spec.storeRef;
  const own = (store: AnyShareStore) =>
    store.kind === 'ClusterShareStore' || (store.metadata.namespace ?? 'default') === namespace;
  return {
    share,
    namespace: world.namespaces.find((known) => known.name === namespace) ?? toNamespace(namespace, {}),
    policies: world.policies,
    store: world.stores.find((store) => store.kind === kind && store.metadata.name === name && own(store)),
    nowMs,
  };
}

function toNamespace(name: string, labels: Readonly<Record<string, string>>): NamespaceFacts {
  // Every namespace has this label; the API server sets it.
  return { name, labels: { ...labels, 'kubernetes.io/metadata.name': name }, terminating: false };
}

function toWorld(objects: readonly unknown[]): World {
  const world: World = { shares: [], policies: [], stores: [], namespaces: [] };
  for (const object of objects) {
    switch (kindOf(object)) {
      case 'Share':
        world.shares.push(parseShare(object));
        break;
      case 'SharePolicy':
        world.policies.push(parseSharePolicy(object));
        break;
      case 'ShareStore':
        world.stores.push(parseShareStore(object));
        break;
      case 'ClusterShareStore':
        world.stores.push(parseClusterShareStore(object));
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
