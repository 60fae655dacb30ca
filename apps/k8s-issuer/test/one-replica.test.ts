/**
 * One replica as a process on a control plane of its own, with as few rights as namespaced mode needs, and then
 * behind a network that fails.
 */
import {
  controlPlane,
  requireEngine,
  startKubernetes,
  startTcpProxy,
  type ControlPlane,
  type ControlPlaneEngine,
  type TcpFault,
  type TcpProxy,
} from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { installBase } from './issuer-under-test.ts';
import { startReplica, until, type Replica } from './replica.ts';
import { applyPlatform, createShare, hasSecret, isReady } from './share-fixtures.ts';

const served = 'team-a';
const other = 'team-b';
let engine: ControlPlaneEngine;
let cluster: ControlPlane;

beforeAll(async () => {
  requireEngine(inject('engines'), 'kubernetes');
  engine = await startKubernetes({ report: () => undefined });
  cluster = controlPlane(engine.description);
  await installBase(cluster);
  for (const name of [served, other]) await cluster.createNamespace(name, { tier: 'ml' });
  await applyPlatform(cluster);
});
afterAll(() => engine.stop());

describe('namespaced mode', () => {
  let replica: Replica;
  beforeAll(async () => {
    await cluster.kubectl('delete', 'clusterrolebinding', 'valetkey-issuer');
    await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: rightsIn(served) }));
    replica = await startReplica(engine.description, ['--namespaces', served]);
    await until('it is ready', async () => (await replica.readiness()) === 'ok: leading');
  });
  afterAll(async () => {
    await replica.discard();
    await installBase(cluster);
  });

  test('publishes the Shares of its namespaces and of no other, with no right beyond them', async () => {
    await createShare(cluster, other, 'outside');
    await createShare(cluster, served, 'inside');
    await until('inside is Ready', () => isReady(cluster, served, 'inside'));
    expect(await hasSecret(cluster, served, 'inside')).toBe(true);
    expect(await hasSecret(cluster, other, 'outside')).toBe(false);
    expect(replica.log()).not.toContain('Forbidden');
  });

  test('a namespace that loses its label is noticed without a watch', { timeout: 60_000 }, async () => {
    await cluster.kubectl('label', 'namespace', served, 'tier-');
    await until('inside is withdrawn', async () => !(await isReady(cluster, served, 'inside')));
    await cluster.kubectl('label', 'namespace', served, 'tier=ml');
    await until('inside is published again', () => isReady(cluster, served, 'inside'));
  });
});

describe('behind a network that fails', () => {
  let proxy: TcpProxy;
  let replica: Replica;
  beforeAll(async () => {
    const { port } = new URL(engine.description.server);
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(port) });
    const behind = { ...engine.description, server: `https://127.0.0.1:${proxy.port}` };
    replica = await startReplica(behind, [], { administered: engine.description });
    await until('it is ready', async () => (await replica.readiness()) === 'ok: leading');
  });
  afterAll(async () => {
    await replica.discard();
    await proxy.stop();
  });

  test.each<[string, TcpFault]>([
    ['late', { kind: 'latency', ms: 100 }],
    ['slow', { kind: 'throttle', bytesPerSecond: 50_000 }],
  ])('a %s one is a slow one', { timeout: 60_000 }, async (name, fault) => {
    proxy.set(fault);
    await createShare(cluster, served, name);
    await published(name);
    proxy.set(undefined);
  });

  test.each<[string, TcpFault]>([
    ['reset', { kind: 'reset' }],
    ['cut-off', { kind: 'reset', afterBytes: 3_000 }],
    ['truncated', { kind: 'truncate', afterBytes: 3_000 }],
  ])('connections that are %s over and over are made anew', { timeout: 90_000 }, async (name, fault) => {
    for (let n = 0; n < 5; n += 1) {
      const before = proxy.accepted();
      proxy.set(fault);
      await createShare(cluster, served, `${name}-${n}`);
      await until('connections were made anew', async () => proxy.accepted() > before + 2);
    }
    proxy.set(undefined);
    for (let n = 0; n < 5; n += 1) await published(`${name}-${n}`);
    expect(replica.hasExited()).toBe(false);
  });

  test(
    'a peer that vanished without a word is given up, and nothing is missed',
    { timeout: 120_000 },
    async () => {
      proxy.set({ kind: 'half-open' });
      await createShare(cluster, served, 'half-open');
      await published('half-open');
      expect(replica.hasExited()).toBe(false);
      expect(await replica.metrics()).toMatch(
        /valetkey_watch_restarts_total\{kind="shares",why="(silent|error)"\}/,
      );
    },
  );

  test('the log of all this holds no URL, key or token', () => {
    // Whichever call met the network first: the others are counted.
    expect(replica.log()).toContain('is counted until the API server answers again');
    expect(replica.log()).not.toMatch(/X-Amz-|canary-secret-key|Bearer|ey[A-Za-z0-9_-]{20}/);
  });
});

async function published(name: string): Promise<void> {
  await until(`${name} is Ready`, () => isReady(cluster, served, name), 100_000);
  expect(await hasSecret(cluster, served, name)).toBe(true);
}

/** What namespaced mode needs: everything in the namespace, policies and stores of the cluster to read. */
function rightsIn(namespace: string): readonly object[] {
  const metadata = { name: 'valetkey-scoped', namespace };
  const subjects = [{ kind: 'ServiceAccount', name: 'valetkey-issuer', namespace: 'valetkey-system' }];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const toRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: 'valetkey-scoped' });
  const read = ['get', 'list', 'watch'];
  const write = ['create', 'update'];
  const namespaced = [
    { apiGroups: ['valetkey.dev'], resources: ['shares', 'sharestores'], verbs: read },
    { apiGroups: ['valetkey.dev'], resources: ['shares/status'], verbs: ['update'] },
    { apiGroups: ['valetkey.dev'], resources: ['sharestores/status'], verbs: ['patch'] },
    { apiGroups: [''], resources: ['secrets'], verbs: write },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: write },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  ];
  const ofTheCluster = [
    { apiGroups: ['valetkey.dev'], resources: ['sharepolicies', 'clustersharestores'], verbs: read },
  ];
  // The probe that the admission policy guards Secrets is a dry run in the issuer's own namespace.
  const ownMetadata = { name: 'valetkey-scoped', namespace: 'valetkey-system' };
  const probe = [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }];
  return [
    { apiVersion, kind: 'Role', metadata, rules: namespaced },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef: toRef('Role'), subjects },
    { apiVersion, kind: 'Role', metadata: ownMetadata, rules: probe },
    { apiVersion, kind: 'RoleBinding', metadata: ownMetadata, roleRef: toRef('Role'), subjects },
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'valetkey-scoped' }, rules: ofTheCluster },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'valetkey-scoped' },
      roleRef: toRef('ClusterRole'),
      subjects,
    },
  ];
}
