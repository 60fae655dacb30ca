import { ValetkeyError } from '@valetkey/core';
import type { Io } from '../io.ts';
import { callApi } from './api-request.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { findKubeconfig } from './kubeconfig.ts';

const group = '/apis/valetkey.dev/v1alpha1';
const pageSize = 500;

/** The kinds of which commands read many. */
type Collection = 'shares' | 'sharestores' | 'sharepolicies' | 'clustersharestores';

/** What the commands do with a cluster. Objects come as the API server gives them. */
export interface Cluster {
  /** The one that is meant where none is named. */
  readonly namespace: string;
  /** All of a kind, of one namespace or of all. */
  readonly list: (collection: Collection, namespace?: string) => Promise<readonly unknown[]>;
  readonly share: (namespace: string, name: string) => Promise<unknown>;
  readonly namespaceObject: (name: string) => Promise<unknown>;
  readonly annotateShare: (
    namespace: string,
    name: string,
    annotations: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
}

/**
 * The cluster that the flags name. Nothing is called yet.
 * @throws ValetkeyError `invalid-configuration`
 */
export async function openCluster(flags: ClusterFlags, io: Io): Promise<Cluster> {
  const config = await findKubeconfig(flags, io);
  const signal = io.interrupted();
  const get = (path: string): Promise<unknown> => callApi(config, { method: 'GET', path, signal });
  const current = config.getContextObject(config.getCurrentContext());
  return {
    namespace: flags.namespace ?? current?.namespace ?? 'default',
    list: async (collection, namespace) => {
      const items: unknown[] = [];
      let next: string | undefined;
      do {
        const query = new URLSearchParams({
          limit: `${pageSize}`,
          ...(next === undefined ? {} : { continue: next }),
        });
        const page = toPage(await get(`${group}${inNamespace(namespace)}/${collection}?${query.toString()}`));
        items.push(...page.items);
        next = page.next;
      } while (next !== undefined);
      return items;
    },
    share: (namespace, name) => get(sharePath(namespace, name)),
    namespaceObject: (name) => get(`/api/v1/namespaces/${encodeURIComponent(name)}`),
    annotateShare: (namespace, name, annotations) =>
      callApi(config, {
        method: 'PATCH',
        path: sharePath(namespace, name),
        patch: { metadata: { annotations } },
        signal,
      }),
  };
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
}

function sharePath(namespace: string, name: string): string {
  return `${group}${inNamespace(namespace)}/shares/${encodeURIComponent(name)}`;
}

function toPage(body: unknown): { readonly items: readonly unknown[]; readonly next: string | undefined } {
  if (typeof body !== 'object' || body === null || !('items' in body) || !Array.isArray(body.items)) {
    throw new ValetkeyError('cluster-refused', { expected: 'a list', got: 'something else' });
  }
  const metadata = 'metadata' in body ? body.metadata : undefined;
  const next =
    typeof metadata === 'object' && metadata !== null && 'continue' in metadata
      ? metadata.continue
      : undefined;
  return { items: body.items, next: typeof next === 'string' && next !== '' ? next : undefined };
}
