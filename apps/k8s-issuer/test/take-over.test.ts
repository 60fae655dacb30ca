/**
 * A leader that is killed between a Secret and the status that tells of it, and what its successor makes of that; on a
 * control plane of its own. The leader gets no further because its right to write the status of Shares is taken away.
 */
import type { ControlPlane, ControlPlaneEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startReplica, until, writesOf, type Replica } from './replica.ts';
import { aPolicy } from './share-fixtures.ts';
import { startTeamCluster } from './team-cluster.ts';
import { applyAll, clusterStore, type Team } from './team.ts';

const namespace = 'vision';
const mergePatch = { contentType: 'application/merge-patch+json' };
const group = '/apis/valetkey.dev/v1alpha1';
const rolePath = '/apis/rbac.authorization.k8s.io/v1/clusterroles/valetkey-issuer';
/** Drift probes, five a second, need more than a minute for so many. */
const many = 400;

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let shares: Team;
let leader: Replica;

beforeAll(async () => {
  ({ engine, cluster, shares } = await startTeamCluster(namespace, { withAudit: true }));
  leader = await lead();
});
afterAll(async () => {
  await leader.discard();
  await engine.stop();
});

describe('a Share whose URLs no status tells of, and that is denied before the successor’s first visit,', () => {
  const filled = ['first', 'again', 'storeless', 'broken', 'ended', 'rested'];
  let foreign: unknown;

  beforeAll(async () => {
    await applyAll(cluster, [clusterStore('shortly', storeSpec)]);
    await setPolicy({ stores: ['models', 'shortly'] });
    await shares.create('again');
    await shares.ready('again');
    await shares.patch('again', { spec: { bucket: 'no-policy-for-it' } });
    await shares.reason('again', 'NoPolicyMatched');
    ({ body: foreign } = await cluster.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'theirs' },
      stringData: { password: 'canary-of-others' },
    }));

    await withoutStatus(async () => {
      await shares.patch('again', { spec: { bucket: 'models' } });
      await shares.create('first');
      await shares.create('storeless', { storeRef: { kind: 'ClusterShareStore', name: 'shortly' } });
      await shares.create('broken', { target: { secretName: 'broken-urls' } });
      await shares.create('ended');
      await shares.create('rested');
      await shares.create('theirs');
      for (const name of filled) await until(`${name} has URLs`, async () => (await urlsOf(name)) > 0);
      await until('its log says what it may not', async () =>
        leader.log().includes(String.raw`cannot update resource \"shares/status\"`),
      );
      await kill();
    });
    for (const name of filled) expect((await shares.read(name)).status?.expirationTime).toBeUndefined();

    for (const name of ['first', 'again', 'theirs']) await shares.patch(name, denied);
    await cluster.request('DELETE', `${group}/clustersharestores/shortly`);
    // In no normal form, which only the issuer sees.
    await shares.patch('broken', { spec: { objects: [{ name: 'weights', key: 'vision/e\u0301' }] } });
    await shares.patch('ended', { spec: { endTime: '2026-01-01T00:00:00Z' } });
    await shares.patch('rested', { spec: { suspend: true } });
    leader = await lead();
  });

  test.each([
    ['for the first time', 'first', 'NoPolicyMatched'],
    ['not for the first time', 'again', 'NoPolicyMatched'],
    ['since its store is gone', 'storeless', 'StoreNotFound'],
    ['since it breaks a rule', 'broken', 'InvalidSpec'],
    ['since it has ended', 'ended', 'Ended'],
  ])('has none any more: %s', { timeout: 60_000 }, async (_how, name, reason) => {
    await shares.reason(name, reason);
    await until(`${name} is empty`, async () => (await urlsOf(name)) === 0);
    expect((await secretOf(name)).metadata?.ownerReferences).toMatchObject([{ kind: 'Share', name }]);
    await until('it is told', async () => (await shares.read(name)).status?.secretRef !== undefined);
  });

  test('keeps them while it is suspended, and has none once it is denied', { timeout: 60_000 }, async () => {
    await shares.reason('rested', 'Suspended');
    expect(await urlsOf('rested')).toBeGreaterThan(0);
    await shares.patch('rested', denied);
    await until('rested is empty', async () => (await urlsOf('rested')) === 0);
  });

  test('touches no Secret of somebody else', async () => {
    await shares.reason('theirs', 'NoPolicyMatched');
    expect((await shares.secret('theirs')).body).toEqual(foreign);
  });

  test('and once all is told, another successor writes nothing', { timeout: 60_000 }, async () => {
    await leader.discard();
    leader = await lead();
    await until('it has asked about all', async () => (await counted('drift_probes', 'untouched')) >= 7);
    expect(writesOf(await engine.audit(), leader)).toEqual([]);
    expect(await counted('drift_probes', 'changed')).toBe(0);
  });
});

test(
  'a Share that was emptied and is allowed again has its URLs back long before a drift probe comes to it',
  { timeout: 300_000 },
  async () => {
    const others = Array.from({ length: many }, (_, n) => `fine-${n}`);
    for (let n = 0; n < many; n += 20) {
      await Promise.all(others.slice(n, n + 20).map((name) => shares.create(name)));
    }
    // Drift probes go by the order in which the API server lists.
    await shares.create('zz-last');
    await shares.ready('zz-last');
    await until('all are Ready', async () => (await counted('share_outcomes', 'issued')) > many, 150_000);
    await withoutStatus(async () => {
      await shares.patch('zz-last', denied);
      await until('it is emptied', async () => (await urlsOf('zz-last')) === 0);
      await kill();
    });
    await shares.patch('zz-last', { spec: { bucket: 'models' } });
    expect((await shares.condition('zz-last'))?.status).toBe('True');
    leader = await lead();
    await until('it has URLs', async () => (await urlsOf('zz-last')) > 0);
  },
);

const denied = { spec: { bucket: 'no-policy-for-it' } };
const storeSpec = {
  profile: 'seaweedfs',
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials: { default: {} },
};

async function lead(): Promise<Replica> {
  const replica = await startReplica(engine.description);
  await until('it leads', async () => (await replica.readiness()) === 'ok: leading');
  return replica;
}

async function kill(): Promise<void> {
  leader.signal('SIGKILL');
  await leader.exited;
  await leader.discard();
}

/** Does this while the issuer may write Secrets and no status of a Share. */
async function withoutStatus(run: () => Promise<void>): Promise<void> {
  const { body } = await cluster.request('GET', rolePath);
  const { rules } = body as { readonly rules: readonly { readonly resources: readonly string[] }[] };
  const fewer = rules.filter(({ resources }) => !resources.includes('shares/status'));
  expect(fewer).toHaveLength(rules.length - 1);
  expect((await cluster.request('PATCH', rolePath, { rules: fewer }, mergePatch)).status).toBe(200);
  try {
    await run();
  } finally {
    await cluster.request('PATCH', rolePath, { rules }, mergePatch);
  }
}

async function setPolicy({ keys = ['{namespace}/{rest}'], stores = ['models'] }): Promise<void> {
  const { spec, ...policy } = aPolicy(keys);
  const named = stores.map((name) => ({ kind: 'ClusterShareStore', name }));
  const changed = { ...policy, spec: { ...spec, stores: named } };
  expect((await cluster.request('PATCH', `${group}/sharepolicies/models`, changed, mergePatch)).status).toBe(
    200,
  );
}

interface SecretView {
  readonly data?: Readonly<Record<string, string>>;
  readonly metadata?: { readonly ownerReferences?: readonly object[] };
}

async function secretOf(share: string): Promise<SecretView> {
  return (await shares.secret(share === 'broken' ? 'broken-urls' : share)).body as SecretView;
}

async function urlsOf(share: string): Promise<number> {
  return Object.keys((await secretOf(share)).data ?? {}).length;
}

/** What the leader's metric says of this result. */
async function counted(what: 'drift_probes' | 'share_outcomes', result: string): Promise<number> {
  const found = new RegExp(`^valetkey_${what}_total{result="${result}".*} (\\d+)$`, 'm').exec(
    await leader.metrics(),
  );
  return Number(found?.[1] ?? 0);
}
