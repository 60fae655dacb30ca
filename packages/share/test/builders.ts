/** Objects that are allowed and complete; a test says only what it changes. */
import { Credentials, type SigningCredentials } from '@valetkey/core';
import { decideShare } from '../src/decide-share.ts';
import { issueShare, type IssuedShare } from '../src/issue-share.ts';
import type { NamespaceFacts } from '../src/namespace-match.ts';
import type { ShareInputs } from '../src/share-inputs.ts';
import type { ClusterShareStore } from '../src/v1alpha1/cluster-share-store.ts';
import { parseClusterShareStore, parseShare, parseSharePolicy } from '../src/v1alpha1/parse.ts';
import type { SharePolicy } from '../src/v1alpha1/share-policy.ts';
import type { Share } from '../src/v1alpha1/share.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The instant at which tests decide and sign: 2026-11-24T10:00:00Z. */
export const nowMs = Date.UTC(2026, 10, 24, 10);

export const keys = new Credentials({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'canary-secret-access-key',
});

/** One object to download from the bucket `models`, in the namespace `vision`. */
export function aShare(spec: Fields = {}, metadata: Fields = {}): Share {
  return parseShare({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name: 'weights', namespace: 'vision', uid: 'a-uid', generation: 1, ...metadata },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'weights', key: 'vision/v3/weights.bin' }],
      ...spec,
    },
  });
}

/** Allows namespaces of tier ml to download below their own name, for at most four hours. */
export function aPolicy(name = 'team-models', spec: Fields = {}): SharePolicy {
  return parseSharePolicy({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'SharePolicy',
    metadata: { name },
    spec: {
      namespaces: { selector: { matchLabels: { tier: 'ml' } } },
      stores: [{ kind: 'ClusterShareStore', name: 'models' }],
      buckets: ['models'],
      actions: ['download'],
      keys: ['{namespace}/{rest}'],
      lifetime: { default: '1h', max: '4h' },
      ...spec,
    },
  });
}

/** AWS in eu-central-1, open to namespaces of tier ml. */
export function aStore(spec: Fields = {}): ClusterShareStore {
  return parseClusterShareStore({
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'ClusterShareStore',
    metadata: { name: 'models' },
    spec: {
      profile: 'aws',
      region: 'eu-central-1',
      credentials: { default: {} },
      allowedNamespaces: { selector: { matchLabels: { tier: 'ml' } } },
      ...spec,
    },
  });
}

/** The namespace `vision` with the label that policy and store ask for. */
export function aNamespace(change: Partial<NamespaceFacts> = {}): NamespaceFacts {
  return { name: 'vision', labels: { tier: 'ml' }, terminating: false, ...change };
}

/** Inputs of a Share that is allowed. */
export function someInputs(change: Partial<ShareInputs> = {}): ShareInputs {
  return {
    share: aShare(),
    namespace: aNamespace(),
    policies: [aPolicy()],
    store: aStore(),
    nowMs,
    ...change,
  };
}

/** The Share of the inputs, decided, signed and laid out. */
export function issue(
  change: Partial<ShareInputs> = {},
  credentials: SigningCredentials = keys,
  revision = 1,
): IssuedShare {
  const inputs = someInputs(change);
  const decision = decideShare(inputs);
  if (!decision.allowed) throw new Error(decision.finding.message);
  const { share, namespace } = inputs;
  return issueShare(decision, credentials, {
    share,
    namespace: namespace.name,
    revision,
    nowMs: inputs.nowMs,
  });
}
