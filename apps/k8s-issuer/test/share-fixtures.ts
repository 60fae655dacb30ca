/** Shares for tests that look at replicas and faults rather than at what is published. */
import type { ControlPlane } from '@valetkey/testbed';

const group = '/apis/valetkey.dev/v1alpha1';
const selector = { matchLabels: { tier: 'ml' } };

/** A store, and a policy over it. Nobody calls the default one, since signing needs no call. */
export async function applyPlatform(
  cluster: ControlPlane,
  { endpoint, region } = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1' },
): Promise<void> {
  const store = {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'ClusterShareStore',
    metadata: { name: 'models' },
    spec: {
      profile: 'seaweedfs',
      endpoint,
      region,
      credentials: { default: {} },
      allowedNamespaces: { selector },
    },
  };
  const items = [store, aPolicy(['{namespace}/{rest}'])];
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** The platform's policy, for these keys. */
export function aPolicy(keys: readonly string[]) {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'SharePolicy',
    metadata: { name: 'models' },
    spec: {
      namespaces: { selector },
      stores: [{ kind: 'ClusterShareStore', name: 'models' }],
      buckets: ['models'],
      actions: ['download'],
      keys,
      lifetime: { default: '1h', max: '4h' },
    },
  };
}

/** A Share that the platform's policy allows. */
export function aShare(namespace: string, name: string, change: object = {}) {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name, namespace },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
      objects: [{ name: 'weights', key: `${namespace}/weights.bin` }],
      lifetime: '2h',
      ...change,
    },
  };
}

export function sharesPath(namespace: string): string {
  return `${group}/namespaces/${namespace}/shares`;
}

/** @returns the status of the answer */
export async function createShare(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  change: object = {},
): Promise<number> {
  return (await cluster.request('POST', sharesPath(namespace), aShare(namespace, name, change))).status;
}

export async function isReady(cluster: ControlPlane, namespace: string, name: string): Promise<boolean> {
  const { body } = await cluster.request('GET', `${group}/namespaces/${namespace}/shares/${name}`);
  const { status } = body as {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  };
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

export async function hasSecret(cluster: ControlPlane, namespace: string, name: string): Promise<boolean> {
  return (await cluster.request('GET', `/api/v1/namespaces/${namespace}/secrets/${name}`)).status === 200;
}
