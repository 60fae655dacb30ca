/**
 * Two replicas as processes on a control plane of their own: who writes, and what happens when a leader ends,
 * dies, stands still, or loses its API server. What was written by whom is read from the API server's audit log.
 */
import {
  controlPlane,
  requireEngine,
  startKubernetes,
  type ControlPlane,
  type ControlPlaneEngine,
} from '@valetkey/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { installBase } from './issuer-under-test.ts';
import { startReplica, until, writesOf, type Replica } from './replica.ts';
import { aPolicy, applyPlatform, createShare, hasSecret, isReady } from './share-fixtures.ts';

const team = 'vision';
const replicas: Replica[] = [];
let engine: ControlPlaneEngine;
let cluster: ControlPlane;

beforeAll(async () => {
  requireEngine(inject('engines'), 'kubernetes');
  engine = await startKubernetes({ report: () => undefined, withAudit: true });
  cluster = controlPlane(engine.description);
  await installBase(cluster);
  await cluster.createNamespace(team, { tier: 'ml' });
  await applyPlatform(cluster);
  await Promise.all([join(), join()]);
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.discard()));
  await engine.stop();
});

test('one leads, the other stands by, and both are ready', { timeout: 60_000 }, async () => {
  const states = await Promise.all(replicas.map((replica) => replica.readiness()));
  expect(states.toSorted()).toEqual(['ok: leading', 'ok: standing by']);
  await share('first');
  const [leader, follower] = await roles();
  expect(await leader.metrics()).toContain('leader_election_master_status{name="valetkey-issuer"} 1');
  expect(await follower.metrics()).toContain('leader_election_master_status{name="valetkey-issuer"} 0');
  expect(writesOf(await engine.audit(), follower)).toEqual([]);
});

test(
  'SIGTERM: the leader exits with 0 and its successor takes a free Lease',
  { timeout: 60_000 },
  async () => {
    const [leader, follower] = await roles();
    leader.signal('SIGTERM');
    expect(await leader.exited).toBe(0);
    await share('after-term');
    expect(await follower.readiness()).toBe('ok: leading');
    expect(leader.log()).toContain('"stopped"');
    // Nothing else was due, so nothing else was even sent.
    const written = writesOf(await engine.audit(), follower).map(({ objectRef }) => objectRef?.name);
    expect(new Set(written)).toEqual(new Set(['after-term']));
    await join();
  },
);

test(
  'SIGKILL: a Share created right after it is published by the successor',
  { timeout: 60_000 },
  async () => {
    const [leader] = await roles();
    leader.signal('SIGKILL');
    await leader.exited;
    await share('after-kill');
    await join();
  },
);

test(
  'SIGSTOP in the middle of work: nothing that the old leader writes later is stored',
  { timeout: 90_000 },
  async () => {
    const [leader, follower] = await roles();
    const before = writesOf(await engine.audit(), follower).length;
    const names = Array.from({ length: 40 }, (_, n) => `stopped-${n}`);
    const creating = Promise.all(names.map((name) => createShare(cluster, team, name)));
    leader.signal('SIGSTOP');
    await creating;
    await until('the other leads', async () => (await follower.readiness()) === 'ok: leading');
    for (const name of names) await published(name);
    leader.signal('SIGCONT');
    await until('the old leader stands by', async () => (await leader.readiness()) === 'ok: standing by');
    await share('after-cont');
    const audit = await engine.audit();
    const [takeOver] = writesOf(audit, follower).slice(before);
    const late = writesOf(audit, leader).filter(
      ({ requestReceivedTimestamp }) => requestReceivedTimestamp > String(takeOver?.requestReceivedTimestamp),
    );
    expect(takeOver).toBeDefined();
    expect(late).toEqual([]);
  },
);

test(
  'an API server that is killed and comes back finds both alive, and one leads',
  { timeout: 120_000 },
  async () => {
    const before = new Map(living().map((replica) => [replica, linesOf(replica).length]));
    const since = (replica: Replica) => linesOf(replica).slice(before.get(replica));
    await engine.apiServer.kill();
    await until('the leader has given up', async () =>
      (await Promise.all(living().map((replica) => replica.readiness()))).every((it) => it !== 'ok: leading'),
    );
    await engine.apiServer.start();
    await share('after-outage');
    expect(living()).toHaveLength(2);
    for (const replica of living()) {
      await until('it says that the outage is over', async () =>
        since(replica).some(({ msg }) => msg === 'the API server answers again'),
      );
      const outages = since(replica).filter(({ err }) => err?.message.startsWith('ConnectionFailed'));
      expect(outages.map(({ msg }) => msg)).toEqual([
        expect.stringContaining('is counted until the API server answers again'),
      ]);
    }
  },
);

test('a Lease edited to 2099 keeps its leader, and its end is seen', { timeout: 60_000 }, async () => {
  const [leader] = await roles();
  const year = '2099-01-01T00:00:00.000000Z';
  const path = '/apis/coordination.k8s.io/v1/namespaces/valetkey-system/leases/valetkey-issuer';
  const edit = { spec: { renewTime: year, acquireTime: year } };
  const contentType = 'application/merge-patch+json';
  expect((await cluster.request('PATCH', path, edit, { contentType })).status).toBe(200);
  await share('in-2099');
  expect(await leader.readiness()).toBe('ok: leading');
  leader.signal('SIGKILL');
  await leader.exited;
  expect((await cluster.request('PATCH', path, edit, { contentType })).status).toBe(200);
  await share('after-2099');
});

test('a Share’s events say that it was issued, or why not, once, and kubectl shows them', async () => {
  expect(await createShare(cluster, team, 'denied', { bucket: 'another' })).toBe(201);
  await until('the denial is told', async () => (await eventsOf('denied')).length > 0);
  expect(await eventsOf('denied')).toMatchObject([
    { type: 'Warning', reason: 'NoPolicyMatched', reportingController: 'valetkey.dev/k8s-issuer' },
  ]);
  expect(await eventsOf('first')).toMatchObject([{ type: 'Normal', reason: 'Issued' }]);
  expect(await cluster.kubectl('describe', 'share', 'denied', '-n', team)).toContain('NoPolicyMatched');
});

test('a policy that is tightened empties every Secret before it is told', { timeout: 120_000 }, async () => {
  const names = Array.from({ length: 60 }, (_, n) => `mass-${n}`);
  for (const name of names) await createShare(cluster, team, name);
  for (const name of names) await published(name);
  const [leader] = living();
  if (leader === undefined) throw new Error('nobody lives');
  expect(await leader.readiness()).toBe('ok: leading');
  // A Share may be seen to be Ready before the write that says so is in the log.
  const ofMass = async () =>
    writesOf(await engine.audit(), leader).filter(({ objectRef }) => objectRef?.name?.startsWith('mass-'));
  const told = async () =>
    (await ofMass()).filter(({ objectRef }) => objectRef?.resource === 'shares').length;
  await until('all is in the log', async () => (await told()) === names.length);
  const before = (await ofMass()).length;
  await setPolicyKeys(['nowhere/{rest}']);
  for (const name of names) {
    await until(`${name} is told`, async () => !(await isReady(cluster, team, name)));
    expect((await readSecret(name)).data ?? {}).toEqual({});
  }
  await until('all is in the log', async () => (await told()) >= 2 * names.length);
  const written = (await ofMass()).slice(before);
  expect(Object.groupBy(written, ({ objectRef }) => objectRef?.resource ?? '')).toMatchObject({
    secrets: { length: names.length },
    shares: { length: names.length },
  });
  // Those that the other workers had in hand when the first of them found nothing left to empty.
  const firstTold = written.findIndex(({ objectRef }) => objectRef?.resource === 'shares');
  expect(firstTold).toBeGreaterThan(names.length - 16);
  await setPolicyKeys(['{namespace}/{rest}']);
  for (const name of names) {
    await published(name);
    expect(Object.keys((await readSecret(name)).data ?? {})).toContain('weights.url');
  }
});

test('no log, metric, status, event or Lease holds a URL, a key or a token', async () => {
  const logs = replicas.map((replica) => replica.log()).join('');
  const metrics = (await Promise.all(living().map((replica) => replica.metrics()))).join('');
  const paths = [
    '/apis/events.k8s.io/v1/events',
    '/apis/coordination.k8s.io/v1/leases',
    ...['shares', 'sharepolicies', 'clustersharestores'].map((kind) => `/apis/valetkey.dev/v1alpha1/${kind}`),
  ];
  const lists = JSON.stringify(await Promise.all(paths.map((path) => cluster.request('GET', path))));
  expect(logs).toContain('"leading"');
  expect(metrics).toContain('valetkey_share_outcomes_total{');
  for (const seen of ['holderIdentity', 'reportingController', 'expirationTime'])
    expect(lists).toContain(seen);
  const everything = `${logs}${metrics}${lists}`;
  expect(everything).not.toMatch(
    /X-Amz-(Signature|Credential|Security-Token)=|canary-secret-key|Bearer ey|eyJhbGci/,
  );
});

async function join(): Promise<void> {
  const replica = await startReplica(engine.description);
  replicas.push(replica);
  await until('a replica is ready', async () => (await replica.readiness()).startsWith('ok'));
}

/** What it has logged. */
function linesOf(replica: Replica) {
  return replica
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly msg: string; readonly err?: { readonly message: string } });
}

async function setPolicyKeys(keys: readonly string[]): Promise<void> {
  const path = '/apis/valetkey.dev/v1alpha1/sharepolicies/models';
  const contentType = 'application/merge-patch+json';
  expect((await cluster.request('PATCH', path, aPolicy(keys), { contentType })).status).toBe(200);
}

async function readSecret(name: string) {
  const { body } = await cluster.request('GET', `/api/v1/namespaces/${team}/secrets/${name}`);
  return body as { readonly data?: Readonly<Record<string, string>> };
}

async function eventsOf(name: string): Promise<readonly Record<string, unknown>[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${team}/events?fieldSelector=regarding.name=${name}`;
  return ((await cluster.request('GET', path)).body as { readonly items: readonly Record<string, unknown>[] })
    .items;
}

function living(): readonly Replica[] {
  return replicas.filter((replica) => !replica.hasExited());
}

/** The leader and the follower, once there is one of each. */
async function roles(): Promise<readonly [Replica, Replica]> {
  let found: readonly Replica[] = [];
  await until('one leads and one stands by', async () => {
    const states = await Promise.all(
      living().map(async (replica) => ({ replica, state: await replica.readiness() })),
    );
    found = ['ok: leading', 'ok: standing by'].flatMap((wanted) =>
      states.filter(({ state }) => state === wanted).map(({ replica }) => replica),
    );
    return found.length === 2;
  });
  const [leader, follower] = found;
  if (leader === undefined || follower === undefined) throw new Error('no leader and follower');
  return [leader, follower];
}

async function share(name: string): Promise<void> {
  expect(await createShare(cluster, team, name)).toBe(201);
  await published(name);
}

async function published(name: string): Promise<void> {
  await until(`${name} is Ready`, () => isReady(cluster, team, name));
  expect(await hasSecret(cluster, team, name)).toBe(true);
}
