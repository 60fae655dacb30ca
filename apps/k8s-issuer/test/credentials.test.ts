/** Every kind of credentials, on a control plane of its own, against a real S3 and its STS. */
import { randomUUID } from 'node:crypto';

import {
  controlPlane,
  createBucket,
  putObject,
  requireEngine,
  startKubernetes,
  type ControlPlane,
  type ControlPlaneEngine,
} from '@valetkey/testbed';
import {
  defineStore,
  ownerGrant,
  presign,
  systemClock,
  type Grant,
  type SigningCredentials,
} from '@valetkey/core';
import { parseClusterShareStore, parseShare } from '@valetkey/share';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { installBase, startIssuer, type IssuerUnderTest } from './issuer-under-test.ts';
import { createSigner, type Signer } from '../src/controllers/share/signer.ts';
import { applyAll, clusterStore, curl, readerOf, sharePolicy, team, apiVersion, type Team } from './team.ts';
import { until } from './replica.ts';

const s3 = requireEngine(inject('engines'), 'seaweedfs');
const { sts } = s3;
if (sts === undefined) throw new Error('the S3 engine has an STS');
const bucket = `credentials-${randomUUID()}`;
const namespace = 'vision';
const place = { profile: 'seaweedfs', endpoint: s3.endpoint, region: s3.region };
const store = defineStore({ name: 'models', ...place, profile: 'seaweedfs' });
const role = { roleArn: sts.roleArn, sessionDuration: '1h' };
const stores = ['per-store', 'per-share', 'platform-keys'];

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let issuer: IssuerUnderTest;
let shares: Team;

beforeAll(async () => {
  requireEngine(inject('engines'), 'kubernetes');
  engine = await startKubernetes({ report: () => undefined });
  cluster = controlPlane(engine.description);
  await installBase(cluster);
  await createBucket(s3, bucket);
  for (const name of ['a', 'b', 'c']) {
    await putObject(s3, { bucket, key: `${namespace}/${name}`, body: `object ${name}` });
  }
  await cluster.createNamespace(namespace, { tier: 'ml' });
  shares = team(cluster, namespace, { bucket });
  await applyAll(cluster, [
    clusterStore('per-store', { ...place, credentials: { assumeRole: role } }),
    clusterStore('per-share', { ...place, credentials: { assumeRole: { ...role, scope: 'Share' } } }),
    clusterStore('platform-keys', { ...place, credentials: { secretRef: { name: 'platform-keys' } } }),
    {
      apiVersion,
      kind: 'ShareStore',
      metadata: { name: 'own-keys', namespace },
      spec: { ...place, credentials: { secretRef: { name: 'own-keys', sessionTokenKey: 'token' } } },
    },
    sharePolicy('all', {
      stores: [
        ...stores.map((name) => ({ kind: 'ClusterShareStore', name })),
        { kind: 'ShareStore', name: 'own-keys' },
      ],
      buckets: [bucket],
      actions: ['download', 'upload', 'delete'],
    }),
  ]);
  issuer = await startIssuer(engine.description, s3, () => 0, ['--sts-endpoint', sts.endpoint]);
});
afterAll(async () => {
  await issuer.stop();
  await engine.stop();
});

const object = (name: string, change: object = {}) => ({ name, key: `${namespace}/${name}`, ...change });

describe('a role that is assumed', () => {
  test('for the store signs URLs that open their objects', async () => {
    await shares.create('store-session', { storeRef: storeRef('per-store'), objects: [object('a')] });
    const { status } = await shares.ready('store-session');
    const { 'a.curl': config = '' } = await shares.entries('store-session');
    expect(await curl(config)).toEqual({ status: '200', output: 'object a' });
    expect(status).toMatchObject({ clampedBy: 'credentials', signerExpirationTime: expect.any(String) });
  });

  test('for one Share opens that Share’s objects and nothing else', async () => {
    await shares.create('share-session', {
      storeRef: storeRef('per-share'),
      objects: [object('a'), object('b')],
      lifetime: '20m',
    });
    await shares.ready('share-session');
    const entries = await shares.entries('share-session');
    for (const name of ['a', 'b']) {
      expect(await curl(entries[`${name}.curl`] ?? '')).toEqual({ status: '200', output: `object ${name}` });
    }
  });

  test('for one Share cannot do more than its grants, whatever is signed with it', async () => {
    const grants = [grantOf('GET', 'a'), grantOf('PUT', 'new')];
    const { identity, credentials } = await sign('Share', grants);
    const keys = await credentials();
    expect(identity).not.toContain(keys.accessKeyId);
    const outcomes = {
      'GET a': await fetched(keys, 'GET', 'a'),
      'HEAD a': await fetched(keys, 'HEAD', 'a'),
      'PUT new': await fetched(keys, 'PUT', 'new'),
      'GET b': await fetched(keys, 'GET', 'b'),
      'GET new': await fetched(keys, 'GET', 'new'),
      'PUT a': await fetched(keys, 'PUT', 'a'),
      'DELETE a': await fetched(keys, 'DELETE', 'a'),
      'PUT other': await fetched(keys, 'PUT', 'other'),
    };
    expect(outcomes).toEqual({
      'GET a': 200,
      'HEAD a': 200,
      'PUT new': 200,
      'GET b': 403,
      'GET new': 403,
      'PUT a': 403,
      'DELETE a': 403,
      'PUT other': 403,
    });
  });

  test('is assumed once for many signings', async () => {
    const signer = newSigner();
    const grants = [grantOf('GET', 'a')];
    const [first, second] = [await sign('Store', grants, signer), await sign('Store', grants, signer)];
    expect((await first.credentials()).accessKeyId).toBe((await second.credentials()).accessKeyId);
  });

  test('for a Share with too many long keys says that the session policy is too large', async () => {
    const objects = Array.from({ length: 20 }, (_, n) => ({
      name: `o${n}`,
      key: `${namespace}/${n}/${'long'.repeat(30)}`,
    }));
    await shares.create('too-large', { storeRef: storeRef('per-share'), objects });
    const { message } = await shares.reason('too-large', 'SessionPolicyTooLarge');
    expect(message).toContain('2048 characters');
    expect((await shares.secret('too-large')).status).toBe(404);
    expect((await shares.condition('too-large', 'Stalled'))?.status).toBe('True');
  });
});

describe('keys in a Secret', () => {
  const secrets = '/api/v1/namespaces/valetkey-system/secrets';
  const keys = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  const put = async (stringData: Readonly<Record<string, string>>) =>
    cluster.request('PUT', `${secrets}/platform-keys`, { metadata: { name: 'platform-keys' }, stringData });

  let requests = 0;
  const renew = () =>
    shares.patch('platform', {
      metadata: { annotations: { 'valetkey.dev/renew-requested-at': `request ${(requests += 1)}` } },
    });

  test('cannot be used before the platform lets the issuer read that one Secret', async () => {
    await cluster.request('POST', secrets, { metadata: { name: 'platform-keys' }, stringData: keys });
    await shares.create('platform', { storeRef: storeRef('platform-keys'), objects: [object('a')] });
    const { message } = await shares.reason('platform', 'CredentialsUnavailable');
    expect(message).toContain('a Secret that a Role lets the issuer read by name');
    await applyAll(cluster, readerOf('platform-keys', 'valetkey-system'));
    await shares.ready('platform');
    const { 'a.curl': config = '' } = await shares.entries('platform');
    expect((await curl(config)).status).toBe('200');
  });

  test.each([
    ['a missing entry', { accessKeyId: 'AKIA' }, 'an entry secretAccessKey, got none'],
    ['an empty entry', { accessKeyId: 'AKIA', secretAccessKey: ' \n' }, 'got an empty one'],
    ['bytes that are no text', { accessKeyId: 'AKIA', secretAccessKey: 'k\u0000\u0007k' }, 'got other bytes'],
    ['nothing at all', {}, 'an entry accessKeyId, got none'],
  ])('with %s are reported and never quoted, and what is published stays', async (_what, data, message) => {
    await put(data);
    await until('it is reported', async () => {
      await renew();
      const condition = await shares.condition('platform', 'SecretSynced');
      return condition?.reason === 'CredentialsUnavailable' && condition.message.includes(message);
    });
    const { 'a.curl': config = '' } = await shares.entries('platform');
    expect((await curl(config)).status).toBe('200');
    expect((await shares.condition('platform'))?.status).toBe('True');
  });

  test('that are rotated sign the next URLs without a restart', async () => {
    await put({ ...keys, secretAccessKey: `${keys.secretAccessKey}\n` });
    await until('it is renewed', async () => {
      await renew();
      return (await shares.condition('platform', 'SecretSynced'))?.status === 'True';
    });
    const { 'a.curl': config = '' } = await shares.entries('platform');
    expect((await curl(config)).status).toBe('200');
  });

  test('of a tenant’s store are read in its own namespace, session token and all', async () => {
    const storeRef = { kind: 'ShareStore', name: 'own-keys' };
    await shares.create('tenant', { storeRef, objects: [object('a')] });
    await shares.reason('tenant', 'CredentialsUnavailable');
    const temporary = await (await sign('Store', [])).credentials();
    const stringData = {
      accessKeyId: temporary.accessKeyId,
      secretAccessKey: temporary.secretAccessKey,
      token: temporary.sessionToken ?? '',
    };
    await cluster.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'own-keys' },
      stringData,
    });
    await applyAll(cluster, readerOf('own-keys', namespace));
    await shares.ready('tenant');
    const { 'a.curl': config = '' } = await shares.entries('tenant');
    expect((await curl(config)).status).toBe('200');
  });
});

describe('what the platform declares', () => {
  const group = '/apis/valetkey.dev/v1alpha1';
  const statusOf = async (path: string) => {
    const { body } = await cluster.request('GET', `${group}/${path}`);
    return (body as { readonly status?: PlatformView }).status;
  };
  const readiness = async (path: string) => {
    const condition = (await statusOf(path))?.conditions?.find(({ type }) => type === 'Ready');
    return `${condition?.status} ${condition?.reason}`;
  };

  test('says for each store whether it can be signed for', async () => {
    const missing = { secretRef: { name: 'nowhere' } };
    const { region: _region, ...nowhere } = place;
    await applyAll(cluster, [
      clusterStore('no-keys', { ...place, credentials: missing }),
      clusterStore('no-region', {
        ...nowhere,
        profile: 'aws',
        endpoint: undefined,
        credentials: { default: {} },
      }),
    ]);
    const expected = {
      'clustersharestores/per-store': 'True Available',
      'clustersharestores/per-share': 'True Available',
      'clustersharestores/platform-keys': 'True Available',
      'clustersharestores/no-keys': 'False CredentialsUnavailable',
      'clustersharestores/no-region': 'False StoreUnavailable',
      [`namespaces/${namespace}/sharestores/own-keys`]: 'True Available',
    };
    for (const [path, said] of Object.entries(expected)) {
      await until(`${path} says ${said}`, async () => (await readiness(path)) === said);
    }
  });

  test(
    'publishes anew with the keys that a Secret was rotated to, without being told',
    { timeout: 90_000 },
    async () => {
      const { revision = 0 } = (await shares.read('platform')).status ?? {};
      const temporary = await (await sign('Store', [])).credentials();
      const stringData = { accessKeyId: temporary.accessKeyId, secretAccessKey: temporary.secretAccessKey };
      await cluster.request('PUT', '/api/v1/namespaces/valetkey-system/secrets/platform-keys', {
        metadata: { name: 'platform-keys' },
        stringData,
      });
      await until(
        'signed anew',
        async () => ((await shares.read('platform')).status?.revision ?? 0) > revision,
      );
      expect((await shares.entries('platform'))['a.url']).toContain(temporary.accessKeyId);
    },
  );

  test(
    'publishes anew also when only the secret behind the same access key was changed',
    { timeout: 90_000 },
    async () => {
      const put = (secretAccessKey: string) =>
        cluster.request('PUT', '/api/v1/namespaces/valetkey-system/secrets/platform-keys', {
          metadata: { name: 'platform-keys' },
          stringData: { accessKeyId: s3.accessKeyId, secretAccessKey },
        });
      const answers = (status: string) =>
        until(`its URL answers ${status}`, async () => {
          const { 'a.curl': config = '' } = await shares.entries('platform');
          return (await curl(config)).status === status;
        });
      // What a store makes of URLs that were signed with a key it no longer knows.
      await put('a-key-that-the-store-does-not-know');
      await answers('403');
      await put(s3.secretAccessKey);
      await answers('200');
    },
  );

  test('counts for each policy the Shares under it, and those it denies', async () => {
    await applyAll(cluster, [
      sharePolicy('odd', { stores: [storeRef('models')], buckets: [bucket], keys: ['{x}/../y'] }),
    ]);
    await until('odd is invalid', async () => (await readiness('sharepolicies/odd')) === 'False InvalidSpec');
    await shares.create('denied', {
      storeRef: storeRef('per-store'),
      objects: [{ name: 'a', key: 'other/a' }],
    });
    await shares.reason('denied', 'KeyNotAllowed');
    const all = async () => statusOf('sharepolicies/all');
    // Published: store-session, share-session, platform, tenant. Allowed, and not to be signed: too-large.
    // Denied: denied.
    await until(
      'counted',
      async () => (await all())?.matchedShares === 5 && (await all())?.deniedShares === 1,
    );
    expect(await readiness('sharepolicies/all')).toBe('True Available');
  });

  test('is shown by kubectl', async () => {
    const table = await cluster.kubectl('get', 'valetkey', '-A');
    expect(table).toMatch(/sharepolicy.*\/all\s+.*5\s+1\s+True/);
    expect(table).toMatch(/clustersharestore.*\/no-keys\s.*False/);
    const wide = await cluster.kubectl(
      'get',
      'shr',
      '-n',
      namespace,
      '-o',
      'wide',
      '--field-selector',
      'spec.storeRef.name=per-share',
    );
    expect(wide).toMatch(
      /NAME\s+READY\s+SECRET\s+OBJECTS\s+EXPIRES\s+CLAMPED\s+AGE\s+STORE\s+POLICY\s+RENEWS\s+REVISION\s+REASON/,
    );
    expect(wide).toMatch(/share-session\s+True\s+share-session\s+2\s+20.*per-share\s+all\s+.*Issued/);
    expect(wide).not.toContain('store-session');
  });
});

test('no key or token is in the log, a status or an event', async () => {
  const statuses = await cluster.request('GET', shares.sharesPath);
  const events = await cluster.request('GET', '/apis/events.k8s.io/v1/events');
  const everything = `${issuer.log()}${JSON.stringify([statuses.body, events.body])}`;
  expect(everything).toContain('CredentialsUnavailable');
  expect(everything).not.toContain(s3.secretAccessKey);
  expect(everything).not.toMatch(/X-Amz-(Signature|Security-Token)=/);
});

interface PlatformView {
  readonly matchedShares?: number;
  readonly deniedShares?: number;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
  }[];
}

function newSigner(): Signer {
  return createSigner({
    api: { readCredentials: () => Promise.reject(new Error('no Secret is needed')) },
    ownNamespace: 'valetkey-system',
    environment: process.env,
    sts: { stsEndpoint: sts?.endpoint, region: s3.region },
    clock: systemClock,
    elapsedMs: () => performance.now(),
  });
}

function sign(scope: 'Store' | 'Share', grants: readonly Grant[], signer = newSigner()) {
  const named = parseClusterShareStore(
    clusterStore('models', { ...place, credentials: { assumeRole: { ...role, scope } } }),
  );
  const spec = { storeRef: storeRef('models'), bucket, objects: [object('a')] };
  const metadata = { name: 'weights', namespace, uid: randomUUID() };
  const share = parseShare({ apiVersion, kind: 'Share', metadata, spec });
  return signer.sign({ store: named, share, grants, lifetimeSeconds: 900 });
}

function grantOf(method: 'GET' | 'HEAD' | 'PUT' | 'DELETE', name: string): Grant {
  return ownerGrant({ method, bucket, key: `${namespace}/${name}`, lifetimeSeconds: 300 }, store);
}

async function fetched(keys: SigningCredentials, method: 'GET' | 'HEAD' | 'PUT' | 'DELETE', name: string) {
  const url = presign(grantOf(method, name), keys, { store, nowMs: Date.now() });
  const answer = await fetch(url.reveal(), { method, ...(method === 'PUT' ? { body: 'new' } : {}) });
  await answer.arrayBuffer();
  return answer.status;
}

function storeRef(name: string): object {
  return { kind: 'ClusterShareStore', name };
}
