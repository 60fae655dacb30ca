/** What every fault is let loose on. */
import type { ControlPlane, ControlPlaneEngine, S3Description } from '@valetkey/testbed';

import { inParallel, type AdminConnection } from '../../test/admin-connection.ts';
import { sharesPath } from '../../test/share-fixtures.ts';
import type { ShareRecord } from '../history/history-record.ts';
import type { Historian } from '../history/historian.ts';
import type { Plan } from './plan.ts';
import type { ReplicaSet } from './replica-set.ts';

export interface World {
  readonly plan: Plan;
  readonly engine: ControlPlaneEngine;
  readonly cluster: ControlPlane;
  readonly admin: AdminConnection;
  readonly historian: Historian;
  readonly replicas: ReplicaSet;
  readonly s3: S3Description;
  /** Writes down what was measured. */
  readonly measured: (what: string, seconds: number, atMost: number) => void;
  /** A name that nothing has had yet in this run. */
  readonly fresh: (name: string) => string;
}

/** Does something bad, waits until it is over, and tells how it went. */
export interface Fault {
  readonly name: string;
  readonly run: (world: World) => Promise<string>;
}

/** Namespaces of a run; each has a policy of its own name. */
export const namespaces = [
  'steady',
  'canary',
  'tightened',
  'unlabelled',
  'foreign',
  'crowd',
  'noisy',
  'quiet',
  'poison',
] as const;
const label = 'soak';

export function aNamespace(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [label]: 'yes' } } };
}

export function aStore({ endpoint, region }: S3Description) {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'ClusterShareStore',
    metadata: { name: 'models' },
    spec: {
      profile: 'seaweedfs',
      endpoint,
      region,
      credentials: { default: {} },
      allowedNamespaces: { selector: { matchLabels: { [label]: 'yes' } } },
    },
  };
}

export function aPolicyFor(namespace: string, keys: readonly string[] = ['{namespace}/{rest}']) {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'SharePolicy',
    metadata: { name: namespace },
    spec: {
      namespaces: { names: [namespace] },
      stores: [{ kind: 'ClusterShareStore', name: 'models' }],
      buckets: ['models'],
      actions: ['download'],
      keys,
      lifetime: { default: '1h', max: '4h' },
    },
  };
}

/** Creates Shares, sixteen at a time. */
export async function createShares(
  { admin }: World,
  namespace: string,
  names: readonly string[],
  change: object = {},
): Promise<void> {
  await inParallel(names, 16, async (name) => {
    const share = {
      apiVersion: 'valetkey.dev/v1alpha1',
      kind: 'Share',
      metadata: { name, namespace },
      spec: {
        storeRef: { kind: 'ClusterShareStore', name: 'models' },
        bucket: 'models',
        objects: [{ name: 'weights', key: `${namespace}/weights.bin` }],
        lifetime: '1h',
        ...change,
      },
    };
    const { status, body } = await admin.send('POST', sharesPath(namespace), share);
    if (status !== 201) throw new Error(`a Share could not be created: ${JSON.stringify(body)}`);
  });
}

/** Creates a Share. @returns the seconds until its Secret was seen with a URL. */
export async function publishCanary(world: World, prefix: string): Promise<number> {
  const name = world.fresh(prefix);
  const startMs = performance.now();
  await createShares(world, 'canary', [name]);
  await world.historian.until(`${name} is published`, () => urlsOf(world, `canary/${name}`) > 0);
  return (performance.now() - startMs) / 1_000;
}

export function urlsOf({ historian }: World, key: string): number {
  return historian.urls.get(key)?.length ?? 0;
}

/** Shares of a namespace, as they were last seen. */
export function sharesIn({ historian }: World, namespace: string): readonly ShareRecord[] {
  return [...historian.shares.values()].filter(({ key }) => key.startsWith(`${namespace}/`));
}

export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
}
