/** Shares for tests that look at replicas and faults rather than at what is published. */
import type { ControlPlane } from '@valetkey/testbed';

const group = '/apis/valetkey.dev/v1alpha1';
const selector = { matchLabels: { tier: 'ml' } };

/** A store that nobody calls, since signing needs no call, and a policy over it. */
export async function applyPlatform(cluster: ControlPlane): Promise<void> {
  const store = {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'ClusterShareStore',
    metadata: { name: 'models' },
    spec: {
      profile: 'seaweedfs',
      endpoint: 'http://127.0.0.1:9',
      region: 'us-east-1',
      credentials: { default: {} },
      allowedNamespaces: { selector },
    },
  };
  const policy = {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'SharePolicy',
    metadata: { name: 'models' },
    spec: {
      namespaces: { selector },
      stores: [{ kind: 'ClusterShareStore', name: 'models' }],
      buckets: ['models'],
      actions: ['download'],
      keys: ['{namespace}/{rest}'],
      lifetime: { default: '1h', max: '4h' },
    },
  };
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [store, policy] }));
}

/** @returns the status of the answer */
export async function createShare(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  change: object = {},
): Promise<number> {
  const share = {
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
  return (await cluster.request('POST', `${group}/namespaces/${namespace}/shares`, share)).status;
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
