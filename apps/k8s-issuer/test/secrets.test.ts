/**
 * Secrets that are somebody else's, that change under the issuer's hands, and what a crash leaves behind; on a control
 * plane of its own.
 */
import type { ControlPlane, ControlPlaneEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startIssuer, type IssuerUnderTest } from './issuer-under-test.ts';
import { until } from './replica.ts';
import { startTeamCluster } from './team-cluster.ts';
import { apiVersion, type Team } from './team.ts';

const namespace = 'vision';
const ours = 'valetkey.dev/presigned-urls';
const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary-of-the-store' };
const mergePatch = { contentType: 'application/merge-patch+json' };
const secrets = `/api/v1/namespaces/${namespace}/secrets`;

interface SecretView {
  readonly metadata: { readonly uid: string; readonly managedFields?: readonly object[] };
}

interface AppliedView {
  readonly metadata: { readonly managedFields: readonly { readonly manager: string }[] };
  readonly spec: object;
}

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let issuer: IssuerUnderTest;
let shares: Team;
let offsetMs = 0;

beforeAll(async () => {
  ({ engine, cluster, shares } = await startTeamCluster(namespace));
  issuer = await startIssuer(engine.description, keys, () => offsetMs);
});
afterAll(async () => {
  await issuer.stop();
  await engine.stop();
});

describe.concurrent('a Secret of a Share that somebody', () => {
  test('deletes is back, and one that somebody edits as well', { timeout: 90_000 }, async () => {
    await shares.create('deleted');
    await shares.create('edited');
    await shares.ready('deleted');
    await shares.ready('edited');
    await cluster.request('DELETE', shares.secretPath('deleted'));
    const stringData = { 'weights.url': 'https://elsewhere.example/', extra: 'x' };
    await cluster.request('PATCH', shares.secretPath('edited'), { stringData }, mergePatch);
    await until('it is back', async () => 'weights.url' in (await shares.entries('deleted')));
    await until('it is as it was', async () => !('extra' in (await shares.entries('edited'))));
    expect((await shares.entries('edited'))['weights.url']).toContain('X-Amz-Signature');
    // The status is written after the Secret.
    for (const name of ['deleted', 'edited'])
      await until(`${name} says so`, async () => (await shares.read(name)).status?.revision === 2);
  });

  test(
    'deletes while the Share is suspended is told of, and not made anew',
    { timeout: 90_000 },
    async () => {
      await shares.create('rested');
      await shares.ready('rested');
      await shares.patch('rested', { spec: { suspend: true } });
      await shares.reason('rested', 'Suspended');
      expect(await shares.condition('rested', 'SecretSynced')).toMatchObject({ status: 'True' });
      await cluster.request('DELETE', shares.secretPath('rested'));
      await until('it is told', async () => (await shares.condition('rested'))?.status === 'False');
      const { status, reason, message } = (await shares.condition('rested', 'SecretSynced')) ?? {};
      expect({ status, reason }).toEqual({ status: 'False', reason: 'Suspended' });
      expect(message).toContain('changed or removed the Secret');
      expect((await shares.secret('rested')).status).toBe(404);
      await shares.patch('rested', { spec: { suspend: false } });
      await shares.ready('rested');
      expect((await shares.entries('rested'))['weights.url']).toContain('X-Amz-Signature');
    },
  );

  test('has made immutable is reported, and left', { timeout: 90_000 }, async () => {
    await shares.create('immutable');
    await shares.ready('immutable');
    await cluster.request('PATCH', shares.secretPath('immutable'), { immutable: true }, mergePatch);
    await shares.reason('immutable', 'SecretConflict');
    await cluster.request('DELETE', shares.secretPath('immutable'));
    await shares.ready('immutable');
  });

  test('replaces by one of their own is reported, and theirs is left', { timeout: 90_000 }, async () => {
    await shares.create('replaced');
    await shares.ready('replaced');
    await cluster.request('DELETE', shares.secretPath('replaced'));
    const { body: theirs } = await cluster.request('POST', secrets, foreign('replaced'));
    await shares.reason('replaced', 'SecretConflict');
    expect((await shares.secret('replaced')).body).toEqual(theirs);
  });
});

test('of a Secret that is written anew the API server keeps no account of fields', async () => {
  await shares.create('anew');
  await shares.ready('anew');
  const before = (await shares.secret('anew')).body as SecretView;
  await shares.patch('anew', {
    metadata: { annotations: { 'valetkey.dev/renew-requested-at': '2026-11-25T22:00:00Z' } },
  });
  await until('it is renewed', async () => (await shares.read('anew')).status?.revision === 2);
  const { metadata } = (await shares.secret('anew')).body as SecretView;
  expect(metadata.uid).toBe(before.metadata.uid);
  expect(metadata.managedFields).toBeUndefined();
  expect((await shares.entries('anew'))['weights.url']).toContain('X-Amz-Signature');
});

test('a status is written without a change to what others say of the Share, and who says it', async () => {
  const owner = await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name: 'owner' },
  });
  const { uid } = (owner.body as SecretView).metadata;
  const applied = {
    apiVersion,
    kind: 'Share',
    metadata: {
      name: 'applied',
      labels: { team: 'vision' },
      annotations: { 'example.com/of': 'theirs' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }],
      finalizers: ['example.com/hold'],
    },
    spec: { ...shares.defaults, objects: [{ name: 'weights', key: `${namespace}/weights.bin` }] },
  };
  await cluster.request('PATCH', `${shares.sharePath('applied')}?fieldManager=theirs&force=true`, applied, {
    contentType: 'application/apply-patch+yaml',
  });
  await shares.ready('applied');
  const { metadata, spec } = (await cluster.request('GET', shares.sharePath('applied'))).body as AppliedView;
  expect({ metadata, spec }).toMatchObject({ metadata: applied.metadata, spec: applied.spec });
  expect(metadata.managedFields.filter(({ manager }) => manager === 'theirs')).toMatchObject([
    {
      fieldsV1: {
        'f:metadata': {
          'f:labels': { 'f:team': {} },
          'f:annotations': { 'f:example.com/of': {} },
          'f:ownerReferences': { [`k:{"uid":"${uid}"}`]: {} },
          'f:finalizers': { 'v:"example.com/hold"': {} },
        },
        'f:spec': { 'f:bucket': {}, 'f:objects': { 'k:{"name":"weights"}': { 'f:key': {} } } },
      },
    },
  ]);
});

describe('a name that is taken', () => {
  // The garbage collector takes away what belongs to nobody.
  const ownedByOther = async () => {
    await shares.create('other', { suspend: true });
    const { uid } = (await shares.read('other')).metadata;
    return { ownerReferences: [{ apiVersion, kind: 'Share', name: 'other', uid, controller: true }] };
  };

  test.each<[string, object]>([
    ['an opaque Secret', {}],
    [
      'one that carries our label and annotations',
      {
        metadata: {
          labels: { 'app.kubernetes.io/managed-by': 'valetkey' },
          annotations: { 'valetkey.dev/revision': '1' },
        },
      },
    ],
    ['one of our type without an owner', { type: ours }],
    ['one of our type that another Share owns', { type: ours, metadata: { ownerReferences: [] } }],
    ['one that is immutable', { immutable: true }],
    ['one that is being deleted', { metadata: { finalizers: ['example.com/hold'] } }],
  ])('by %s is a SecretConflict until it is free', { timeout: 120_000 }, async (what, change) => {
    const name = `taken-${what.length}`;
    const { metadata, ...rest } = { metadata: {}, ...change };
    const secret = { ...foreign(name), ...rest };
    const owners = 'ownerReferences' in metadata ? await ownedByOther() : {};
    const { status } = await cluster.request('POST', secrets, {
      ...secret,
      metadata: { ...secret.metadata, ...metadata, ...owners },
    });
    expect(status).toBe(201);
    if ('finalizers' in metadata) await cluster.request('DELETE', shares.secretPath(name));
    const { body: before } = await shares.secret(name);
    await shares.create(name);
    const { message } = await shares.reason(name, 'SecretConflict');
    expect(message).toContain(`a Secret ${name} that is not this Share's exists already`);
    expect((await shares.secret(name)).body).toEqual(before);
    expect((await shares.condition(name, 'Authorized'))?.status).not.toBe('False');
    await cluster.request('PATCH', shares.secretPath(name), { metadata: { finalizers: null } }, mergePatch);
    await cluster.request('DELETE', shares.secretPath(name));
    await shares.ready(name);
  });

  test(
    'by 30 Shares at once goes to one, and to the next when that one goes',
    { timeout: 180_000 },
    async () => {
      const names = Array.from({ length: 30 }, (_, n) => `rival-${n}`);
      const target = { secretName: 'wanted' };
      await Promise.all(names.map((name) => shares.create(name, { target })));
      const reasons = () =>
        Promise.all(names.map(async (name) => (await shares.condition(name))?.reason ?? ''));
      const settled = [...names.slice(1).map(() => 'SecretConflict'), 'Issued'].toSorted();
      await until(
        'one has it',
        async () => JSON.stringify((await reasons()).toSorted()) === JSON.stringify(settled),
      );
      const winner = names[(await reasons()).indexOf('Issued')] ?? '';
      await cluster.request('DELETE', shares.sharePath(winner));
      await until('another has it', async () => (await reasons()).includes('Issued'), 100_000);
    },
  );
});

describe('an admission webhook for Secrets that does not answer', () => {
  const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const webhook = {
    name: 'broken.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 1,
    clientConfig: { url: 'https://127.0.0.1:9/' },
    objectSelector: { matchLabels: { broken: 'yes' } },
    rules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['secrets'] },
    ],
  };
  const labelled = { target: { template: { labels: { broken: 'yes' } } } };

  test('is told in the status, and passes by', { timeout: 90_000 }, async () => {
    await shares.create('hooked', labelled);
    await shares.ready('hooked');
    const body = { metadata: { name: 'broken' }, webhooks: [webhook] };
    expect((await cluster.request('POST', configurations, body)).status).toBe(201);
    await until('it is at work', async () => {
      const dryRun = `${secrets}?dryRun=All`;
      const metadata = { name: 'tried', labels: { broken: 'yes' } };
      return (await cluster.request('POST', dryRun, { metadata })).status === 500;
    });

    await shares.create('hooked-first', labelled);
    await shares.reason('hooked-first', 'SecretWriteFailed');
    await shares.patch('hooked', {
      metadata: { annotations: { 'valetkey.dev/renew-requested-at': '2026-11-25T22:00:00Z' } },
    });
    await until('it is said', async () => {
      return (await shares.condition('hooked', 'SecretSynced'))?.reason === 'SecretWriteFailed';
    });
    expect(await shares.condition('hooked')).toMatchObject({ status: 'True', reason: 'Issued' });
    await shares.patch('hooked', { spec: { bucket: 'no-policy-for-it' } });
    await shares.reason('hooked', 'NoPolicyMatched');
    expect(await shares.condition('hooked', 'Authorized')).toMatchObject({ status: 'False' });
    expect(await shares.condition('hooked', 'SecretSynced')).toMatchObject({ reason: 'SecretWriteFailed' });

    await cluster.request('DELETE', `${configurations}/broken`);
    await shares.ready('hooked-first');
    await until('it is withdrawn', async () => Object.keys(await shares.entries('hooked')).length === 0);
  });
});

describe('a crash', () => {
  test('between the first Secret and its status is found again and carried on', async () => {
    await shares.create('crashed', { suspend: true });
    await shares.reason('crashed', 'Suspended');
    const { metadata } = await shares.read('crashed');
    await cluster.request('POST', secrets, ownSecret('crashed', metadata.uid));
    await shares.patch('crashed', { spec: { suspend: false } });
    await shares.ready('crashed');
    expect((await shares.entries('crashed'))['weights.url']).toContain('X-Amz-Signature');
  });

  test('between a renewed Secret and its status leaves no conflict', async () => {
    await shares.create('half');
    const { metadata } = await shares.ready('half');
    await issuer.stop();
    await cluster.request('PUT', shares.secretPath('half'), ownSecret('half', metadata.uid));
    offsetMs = 3_000_000;
    issuer = await startIssuer(engine.description, keys, () => offsetMs);
    await until('renewed', async () => (await shares.read('half')).status?.revision === 2);
    expect((await shares.entries('half'))['weights.url']).toContain('X-Amz-Signature');
  });
});

describe('a status that somebody else writes', () => {
  const hour = (hours: number) => new Date(Date.now() + offsetMs + hours * 3_600_000).toISOString();

  test('to keep URLs from being renewed is corrected', async () => {
    await shares.create('forged');
    await shares.ready('forged');
    await shares.patchStatus('forged', { expirationTime: hour(9_000), renewalTime: hour(9_000) });
    await until('renewed', async () => (await shares.read('forged')).status?.revision === 2);
    const { status } = await shares.read('forged');
    expect(Date.parse(status?.expirationTime ?? '')).toBeLessThan(Date.parse(hour(3)));
  });

  test('while no issuer runs is corrected too', async () => {
    await issuer.stop();
    await shares.patchStatus('forged', { expirationTime: hour(9_000), renewalTime: hour(9_000) });
    issuer = await startIssuer(engine.description, keys, () => offsetMs);
    await until('renewed', async () => (await shares.read('forged')).status?.revision === 3);
  });

  test('to point at a Secret of others reaches nothing', async () => {
    const { body } = await cluster.request('POST', secrets, foreign('aim'));
    const { metadata } = body as {
      readonly metadata: { readonly uid: string; readonly resourceVersion: string };
    };
    await shares.create('pointed', { bucket: 'no-policy-for-it' });
    await shares.reason('pointed', 'NoPolicyMatched');
    const { uid, resourceVersion } = metadata;
    for (const secretRef of [
      { name: 'aim', uid, resourceVersion },
      { name: 'pointed', uid, resourceVersion },
      { name: 'pointed', uid: '../../x', resourceVersion: 'x' },
    ]) {
      await shares.patchStatus('pointed', { secretRef, expirationTime: hour(1) });
      await until(
        'corrected',
        async () => (await shares.read('pointed')).status?.expirationTime === undefined,
      );
    }
    expect((await shares.secret('aim')).body).toEqual(body);
    await shares.reason('pointed', 'NoPolicyMatched');
  });

  test('that says Ready is not believed', async () => {
    const conditions = [
      { type: 'Ready', status: 'True', reason: 'Issued', message: 'trust me', lastTransitionTime: hour(0) },
    ];
    await shares.patchStatus('pointed', { conditions });
    await shares.reason('pointed', 'NoPolicyMatched');
  });
});

function foreign(name: string) {
  return { metadata: { name }, stringData: { password: 'canary-of-others' } };
}

/** A Secret as an issuer leaves it that was killed right after the write. */
function ownSecret(name: string, uid: string): object {
  return {
    type: ours,
    metadata: {
      name,
      ownerReferences: [{ apiVersion, kind: 'Share', name, uid, controller: true }],
    },
    stringData: { 'weights.url': 'https://before-the-crash.example/' },
  };
}
