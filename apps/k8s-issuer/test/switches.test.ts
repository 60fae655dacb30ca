/** What the issuer does only when it is told to; on a control plane of its own. */
import type { ControlPlane, ControlPlaneEngine } from '@valetkey/testbed';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import {
  installBase,
  installOverlay,
  issuerToken,
  startIssuer,
  type IssuerUnderTest,
} from './issuer-under-test.ts';
import { until } from './replica.ts';
import { startTeamCluster } from './team-cluster.ts';
import type { Team } from './team.ts';

const namespace = 'vision';
const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary-of-the-store' };
const hourMs = 3_600_000;

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let issuer: IssuerUnderTest;
let shares: Team;
let offsetMs = 0;
const start = (args: readonly string[] = []) => startIssuer(engine.description, keys, () => offsetMs, args);
const inHours = (hours: number) => new Date(Date.now() + hours * hourMs).toISOString();

beforeAll(async () => {
  ({ engine, cluster, shares } = await startTeamCluster(namespace));
});
afterEach(() => issuer.stop());
afterAll(() => engine.stop());

test('a Share ends at its end time, and stays unless deleting is switched on', async () => {
  offsetMs = 0;
  issuer = await start();
  // Well within the hour that a URL is signed for: an end in the same second as its expiry clamps nothing.
  await shares.create('ending', { endTime: inHours(0.75), ttlAfterEnd: '1h' });
  const { status } = await shares.ready('ending');
  expect(status).toMatchObject({ clampedBy: 'end-time', renewalTime: status?.expirationTime });
  offsetMs = hourMs;
  await shares.reason('ending', 'Ended');
  expect(await shares.entries('ending')).toEqual({});
  offsetMs = 3 * hourMs;
  await shares.create('later');
  await shares.ready('later');
  expect(await shares.condition('ending')).toMatchObject({ reason: 'Ended' });
});

test('a Share that has ended is deleted its ttlAfterEnd later when that is switched on', async () => {
  await installOverlay(cluster, 'delete-ended-shares');
  offsetMs = 1.5 * hourMs;
  issuer = await start(['--delete-ended-shares']);
  await shares.create('watch');
  await shares.ready('watch');
  expect((await cluster.request('GET', shares.sharePath('ending'))).status).toBe(200);
  offsetMs = 2.1 * hourMs;
  await until(
    'it is gone',
    async () => (await cluster.request('GET', shares.sharePath('ending'))).status === 404,
  );
  expect((await cluster.request('GET', shares.sharePath('watch'))).status).toBe(200);
});

test(
  'without the admission policy nothing is published, and with the switch every Share says so',
  { timeout: 90_000 },
  async () => {
    await cluster.kubectl('delete', 'validatingadmissionpolicybinding', 'valetkey-issuer-secrets');
    await admission(201);
    offsetMs = 0;
    issuer = await start();
    await shares.create('unguarded');
    await until('it is said', async () => issuer.log().includes('does not guard Secrets'));
    expect(await shares.condition('unguarded')).toBeUndefined();
    await issuer.stop();
    issuer = await start(['--allow-unguarded-secrets']);
    await shares.ready('unguarded');
    expect(await shares.condition('unguarded', 'Unguarded')).toMatchObject({
      status: 'True',
      reason: 'Unguarded',
    });
  },
);

test('the condition goes when the policy is back', { timeout: 90_000 }, async () => {
  await installBase(cluster);
  await admission(403);
  issuer = await start(['--allow-unguarded-secrets']);
  await until('it is gone', async () => (await shares.condition('unguarded', 'Unguarded')) === undefined);
  await shares.ready('unguarded');
});

test(
  'when the policy goes away later, what is published is renewed and no other Secret is written until it is back',
  { timeout: 120_000 },
  async () => {
    issuer = await start();
    await shares.create('renewed');
    await shares.ready('renewed');
    await cluster.kubectl('delete', 'validatingadmissionpolicybinding', 'valetkey-issuer-secrets');
    await admission(201);
    const lost = async () => (await shares.condition('renewed', 'Unguarded'))?.message ?? '';
    await until('it is told', async () => (await lost()).includes('is gone'));

    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const foreign = { metadata: { name: 'foreign' }, stringData: { password: 'canary-of-others' } };
    const { body: before } = await cluster.request('POST', secrets, foreign);
    for (const name of ['late', 'foreign']) {
      await shares.create(name);
      await shares.reason(name, 'Unguarded');
    }
    expect((await shares.secret('late')).status).toBe(404);
    expect((await shares.secret('foreign')).body).toEqual(before);
    await shares.patch('renewed', {
      metadata: { annotations: { 'valetkey.dev/renew-requested-at': '2026-11-25T22:00:00Z' } },
    });
    await until('it is renewed', async () => (await shares.read('renewed')).status?.revision === 2);

    await installBase(cluster);
    await admission(403);
    await shares.ready('late');
    await shares.reason('foreign', 'SecretConflict');
    expect((await shares.secret('foreign')).body).toEqual(before);
  },
);

/** Waits until the API server answers so to a Secret that the issuer must not write. */
async function admission(status: number): Promise<void> {
  const token = await issuerToken(cluster);
  const path = `/api/v1/namespaces/${namespace}/secrets?dryRun=All`;
  const opaque = { metadata: { name: 'opaque' } };
  await until(
    `admission answers ${status}`,
    async () => (await cluster.request('POST', path, opaque, { token })).status === status,
  );
}
