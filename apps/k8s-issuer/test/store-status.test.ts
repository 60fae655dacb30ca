/** What is said of a store, where somebody else writes at the same time: on a real API server, under the shipped role. */
import { randomUUID } from 'node:crypto';

import { KubeConfig } from '@kubernetes/client-node';
import { ValetkeyError } from '@valetkey/core';
import { readClusterShareStore, readShareStore } from '@valetkey/share';
import { toKubeconfig, type ControlPlane, type ControlPlaneEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createStoreReconcile, toStoreKey } from '../src/controllers/store/store-reconcile.ts';
import { createKubeClient, type KubeClient } from '../src/kube/client.ts';
import { createKubeTransport, type KubeTransport } from '../src/kube/transport.ts';
import { realTimers } from '../src/runtime/timer.ts';
import { issuerToken } from './issuer-under-test.ts';
import { startTeamCluster } from './team-cluster.ts';
import { applyAll, clusterStore } from './team.ts';

const group = '/apis/valetkey.dev/v1alpha1';
const contentType = 'application/merge-patch+json';
const namespace = 'vision';
const place = { profile: 's3', region: 'us-east-1', endpoint: 'http://127.0.0.1:9' };
const clock = { now: () => Date.parse('2026-11-25T12:00:00Z') };

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let transport: KubeTransport;
let client: KubeClient;

beforeAll(async () => {
  // One of its own: no issuer runs there that would write as well.
  ({ engine, cluster } = await startTeamCluster(namespace));
  const config = new KubeConfig();
  config.loadFromString(toKubeconfig(engine.description, await issuerToken(cluster)));
  transport = createKubeTransport({ config, clock, timers: realTimers });
  client = createKubeClient(transport);
});
afterAll(async () => {
  await transport.close();
  await engine.stop();
});

const kinds = [
  {
    kind: 'ClusterShareStore',
    collection: `${group}/clustersharestores`,
    read: readClusterShareStore,
    object: (name: string) => clusterStore(name, { ...place, credentials: { default: {} } }),
  },
  {
    kind: 'ShareStore',
    collection: `${group}/namespaces/${namespace}/sharestores`,
    read: readShareStore,
    object: (name: string) => ({
      apiVersion: 'valetkey.dev/v1alpha1',
      kind: 'ShareStore',
      metadata: { name, namespace },
      spec: { ...place, credentials: { secretRef: { name: 'keys' } } },
    }),
  },
];

describe.each(kinds)('the status of a $kind', ({ collection, read, object }) => {
  /** Two issuers that have both seen the store as it is now; each says of it what it is given. */
  const start = async () => {
    const name = `store-${randomUUID()}`;
    await applyAll(cluster, [object(name)]);
    const path = `${collection}/${name}`;
    const get = async () => read((await cluster.request('GET', path)).body);
    const anIssuer = async (identify: () => Promise<string>) => {
      let cached = await get();
      const reconcile = createStoreReconcile({
        client,
        clock,
        storeOf: () => cached,
        identify,
        onChange: () => undefined,
        mayReport: () => true,
      });
      return {
        visit: () => reconcile(toStoreKey(cached)),
        hear: async () => void (cached = await get()),
      };
    };
    const said = async () => (await get()).status?.conditions?.map(({ reason }) => reason);
    return { path, get, anIssuer, said };
  };
  const found = async () => 'AKIAEXAMPLE';
  const missing = () =>
    Promise.reject(
      new ValetkeyError('credentials-unavailable', { field: 'keys', expected: 'keys', got: 'none' }),
    );

  test('that somebody has written since it was seen is left, and looked at again in a second', async () => {
    const { anIssuer, said } = await start();
    const [first, second] = [await anIssuer(found), await anIssuer(missing)];
    await first.visit();
    expect(await second.visit()).toEqual({ requeueAfterMs: 1_000 });
    expect(await said()).toEqual(['Available']);
  });

  test('is written once the change was heard of, and then not again', async () => {
    const { anIssuer, get, said } = await start();
    const [first, second] = [await anIssuer(found), await anIssuer(missing)];
    await first.visit();
    await second.visit();
    await second.hear();
    await second.visit();
    expect(await said()).toEqual(['CredentialsUnavailable']);
    const { resourceVersion } = (await get()).metadata;
    await second.hear();
    await second.visit();
    expect((await get()).metadata.resourceVersion).toBe(resourceVersion);
  });

  test('says nothing of an edit that was not seen', async () => {
    const { path, anIssuer, get } = await start();
    const issuer = await anIssuer(found);
    await cluster.request('PATCH', path, { spec: { region: 'eu-central-1' } }, { contentType });
    expect(await issuer.visit()).toEqual({ requeueAfterMs: 1_000 });
    expect((await get()).status).toBeUndefined();
  });

  test('of two that write at once is one of theirs, whole', async () => {
    const { anIssuer, said } = await start();
    const issuers = [await anIssuer(found), await anIssuer(missing)];
    const results = await Promise.all(issuers.map((issuer) => issuer.visit()));
    expect(results.filter((result) => result?.requeueAfterMs === 1_000)).toHaveLength(1);
    expect(await said()).toEqual([
      results[0]?.requeueAfterMs === 1_000 ? 'CredentialsUnavailable' : 'Available',
    ]);
  });

  test('of one that was deleted is not written', async () => {
    const { path, anIssuer } = await start();
    const issuer = await anIssuer(found);
    await cluster.request('DELETE', path);
    expect(await issuer.visit()).toEqual({ requeueAfterMs: 1_000 });
    expect((await cluster.request('GET', path)).status).toBe(404);
  });
});
