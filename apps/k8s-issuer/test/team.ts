/** One team's namespace on a control plane, and the platform's objects that let it share. */
import { spawn } from 'node:child_process';

import type { ApiAnswer, ControlPlane } from '@valetkey/testbed';

import { until } from './replica.ts';

const group = '/apis/valetkey.dev/v1alpha1';
const mergePatch = 'application/merge-patch+json';
export const apiVersion = 'valetkey.dev/v1alpha1';
const selector = { matchLabels: { tier: 'ml' } };

interface ConditionView {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

interface ShareView {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly status?: {
    readonly revision?: number;
    readonly issuedTime?: string;
    readonly expirationTime?: string;
    readonly signerExpirationTime?: string;
    readonly renewalTime?: string;
    readonly clampedBy?: string;
    readonly policyRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
    readonly conditions?: readonly ConditionView[];
  };
}

/** What tests do with the Shares and Secrets of a namespace. */
export interface Team {
  readonly namespace: string;
  /** What the spec of each of its Shares begins with. */
  readonly defaults: object;
  readonly sharesPath: string;
  readonly sharePath: (name: string) => string;
  readonly secretPath: (name: string) => string;
  readonly create: (name: string, change?: object) => Promise<ApiAnswer>;
  readonly patch: (name: string, change: object) => Promise<ApiAnswer>;
  readonly patchStatus: (name: string, status: object) => Promise<ApiAnswer>;
  readonly read: (name: string) => Promise<ShareView>;
  readonly condition: (name: string, type?: string) => Promise<ConditionView | undefined>;
  /** Waits until the Share is Ready. */
  readonly ready: (name: string) => Promise<ShareView>;
  /** Waits until Ready has this reason. */
  readonly reason: (name: string, reason: string) => Promise<ConditionView>;
  /** Decoded entries; empty when there is no Secret. */
  readonly entries: (name: string) => Promise<Readonly<Record<string, string>>>;
  readonly secret: (name: string) => Promise<ApiAnswer>;
}

export function team(cluster: ControlPlane, namespace: string, defaults: object): Team {
  const sharesPath = `${group}/namespaces/${namespace}/shares`;
  const sharePath = (name: string) => `${sharesPath}/${name}`;
  const secretPath = (name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const read = async (name: string) => (await cluster.request('GET', sharePath(name))).body as ShareView;
  const condition = async (name: string, type = 'Ready') =>
    (await read(name)).status?.conditions?.find((one) => one.type === type);
  const secret = (name: string) => cluster.request('GET', secretPath(name));
  return {
    namespace,
    defaults,
    sharesPath,
    sharePath,
    secretPath,
    read,
    condition,
    secret,
    create: (name, change = {}) => {
      const spec = {
        objects: [{ name: 'weights', key: `${namespace}/weights.bin` }],
        ...defaults,
        ...change,
      };
      return cluster.request('POST', sharesPath, { apiVersion, kind: 'Share', metadata: { name }, spec });
    },
    patch: (name, change) => cluster.request('PATCH', sharePath(name), change, { contentType: mergePatch }),
    patchStatus: (name, status) =>
      cluster.request('PATCH', `${sharePath(name)}/status`, { status }, { contentType: mergePatch }),
    async ready(name) {
      await until(`${name} is Ready`, async () => (await condition(name))?.status === 'True');
      return read(name);
    },
    async reason(name, reason) {
      await until(`${name} says ${reason}`, async () => (await condition(name))?.reason === reason);
      const found = await condition(name);
      if (found === undefined) throw new Error(`${name} has no condition`);
      return found;
    },
    async entries(name) {
      const { data = {} } = (await secret(name)).body as { readonly data?: Readonly<Record<string, string>> };
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
    },
  };
}

export function clusterStore(name: string, spec: object): object {
  return {
    apiVersion,
    kind: 'ClusterShareStore',
    metadata: { name },
    spec: { allowedNamespaces: { selector }, ...spec },
  };
}

export function sharePolicy(name: string, spec: object): object {
  return {
    apiVersion,
    kind: 'SharePolicy',
    metadata: { name },
    spec: {
      namespaces: { selector },
      actions: ['download', 'upload'],
      keys: ['{namespace}/{rest}'],
      lifetime: { default: '1h', max: '4h' },
      upload: { maxSize: '1Mi' },
      ...spec,
    },
  };
}

export function applyAll(cluster: ControlPlane, items: readonly object[]): Promise<void> {
  return cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** Lets the issuer read one Secret by its name, as its guide says to. */
export function readerOf(secret: string, namespace: string): readonly object[] {
  const rbac = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: `valetkey-read-${secret}`, namespace };
  return [
    {
      apiVersion: rbac,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get'] }],
    },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'valetkey-issuer', namespace: 'valetkey-system' }],
    },
  ];
}

/** Real curl, with its configuration on standard input as a pod would give it a file. */
export function curl(config: string): Promise<{ readonly status: string; readonly output: string }> {
  const child = spawn('curl', ['--silent', '--config', '-', '--write-out', '\n%{http_code}'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stdin.end(config);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      const end = text.lastIndexOf('\n');
      resolve({ status: text.slice(end + 1), output: text.slice(0, end) });
    });
  });
}
