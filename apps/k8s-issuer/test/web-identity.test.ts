/**
 * `credentials.webIdentity` with nothing made up: tokens of the issuer's ServiceAccount from a real API server, which is
 * the OpenID Connect provider that a real STS trusts.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  controlPlane,
  createBucket,
  putObject,
  requireEngine,
  seaweedfsWebIdentityRoleArn,
  startKubernetes,
  startSeaweedfs,
  type ControlPlane,
  type ControlPlaneEngine,
  type S3Engine,
} from '@valetkey/testbed';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';

import { installBase, startIssuer, type IssuerUnderTest } from './issuer-under-test.ts';
import { applyAll, clusterStore, curl, sharePolicy, team, type Team } from './team.ts';

const namespace = 'vision';
const bucket = `web-identity-${randomUUID()}`;
const audience = 'sts.amazonaws.com';
const report = () => undefined;
const accounts = '/api/v1/namespaces/valetkey-system/serviceaccounts';

let folder: string;
let tokenFile: string;
let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let s3: S3Engine;
let issuer: IssuerUnderTest;
let shares: Team;
let offsetMs = 0;
const tokens: string[] = [];

beforeAll(async () => {
  requireEngine(inject('engines'), 'kubernetes');
  requireEngine(inject('engines'), 'seaweedfs');
  folder = await mkdtemp(join(tmpdir(), 'valetkey-web-identity-'));
  tokenFile = join(folder, 'token');
  engine = await startKubernetes({ report });
  cluster = controlPlane(engine.description);
  await installBase(cluster);
  await publishSigningKeys();
  s3 = await startTrusting();
  const { endpoint, region } = s3.description;
  await createBucket(s3.description, bucket);
  await putObject(s3.description, { bucket, key: `${namespace}/a`, body: 'object a' });
  await cluster.createNamespace(namespace, { tier: 'ml' });
  const storeRef = { kind: 'ClusterShareStore', name: 'by-token' };
  shares = team(cluster, namespace, {
    storeRef,
    bucket,
    objects: [{ name: 'a', key: `${namespace}/a` }],
    lifetime: '4h',
  });
  const webIdentity = { roleArn: seaweedfsWebIdentityRoleArn, sessionDuration: '1h' };
  await applyAll(cluster, [
    clusterStore('by-token', { profile: 'seaweedfs', endpoint, region, credentials: { webIdentity } }),
    sharePolicy('all', { stores: [storeRef], buckets: [bucket] }),
  ]);
  await rotate('valetkey-issuer', 'somebody-else');
  // Where IRSA's webhook or the chart's `webIdentityToken` says it is.
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', tokenFile);
  issuer = await startIssuer(engine.description, s3.description, () => offsetMs, [
    '--sts-endpoint',
    endpoint,
  ]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await issuer.stop();
  await s3.stop();
  await engine.stop();
  await rm(folder, { recursive: true });
});

test('a token that the STS does not take gives no URL, and says whose role was meant', async () => {
  await shares.create('first');
  const { message } = await shares.reason('first', 'CredentialsUnavailable');
  expect(message).toContain(seaweedfsWebIdentityRoleArn);
  expect((await shares.secret('first')).status).toBe(404);
});

test('a token of another ServiceAccount opens no more', async () => {
  await cluster.request('POST', accounts, { metadata: { name: 'other' } });
  await rotate('other', audience);
  await shares.create('second');
  await shares.reason('second', 'CredentialsUnavailable');
  expect((await shares.secret('second')).status).toBe(404);
});

test('the issuer’s own token signs once it is in the file, without a restart', async () => {
  await rotate('valetkey-issuer', audience);
  for (const name of ['first', 'second']) {
    await shares.ready(name);
    const { 'a.curl': config = '' } = await shares.entries(name);
    expect(await curl(config)).toEqual({ status: '200', output: 'object a' });
  }
});

test('the session bounds the URLs and what is planned by them', async () => {
  const { status } = await shares.ready('first');
  const { issuedTime = '', expirationTime = '', signerExpirationTime = '', renewalTime = '' } = status ?? {};
  expect(status?.clampedBy).toBe('credentials');
  // A Share is issued as of the beginning of its visit, which may have had to begin the session.
  expect(Date.parse(signerExpirationTime)).toBeGreaterThan(Date.parse(issuedTime));
  expect(Date.parse(signerExpirationTime)).toBeLessThanOrEqual(Date.now() + 3_600_000);
  expect(Date.parse(expirationTime)).toBeLessThan(Date.parse(signerExpirationTime));
  expect(Date.parse(renewalTime)).toBeLessThan(Date.parse(expirationTime));
});

test('a session that is half over is renewed with the token that is in the file then', async () => {
  const before = await accessKeyOf('first');
  await rotate('valetkey-issuer', audience);
  offsetMs = 31 * 60_000;
  await shares.create('third');
  await shares.ready('third');
  expect(await accessKeyOf('third')).not.toBe(before);
});

test('no token is in the log, a status or an event', async () => {
  const statuses = await cluster.request('GET', shares.sharesPath);
  const stores = await cluster.request('GET', '/apis/valetkey.dev/v1alpha1/clustersharestores');
  const events = await cluster.request('GET', '/apis/events.k8s.io/v1/events');
  const everything = `${issuer.log()}${JSON.stringify([statuses.body, stores.body, events.body])}`;
  expect(everything).toContain('CredentialsUnavailable');
  for (const token of tokens) expect(everything).not.toContain(token.split('.')[2]);
});

/** Lets anybody fetch the public keys of the API server, as it takes to be an OpenID Connect provider. */
async function publishSigningKeys(): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  await applyAll(cluster, [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'published-signing-keys' },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'system:service-account-issuer-discovery' },
      subjects: [{ apiGroup, kind: 'Group', name: 'system:unauthenticated' }],
    },
  ]);
}

/** A store whose STS takes the tokens of the issuer's ServiceAccount. */
async function startTrusting(): Promise<S3Engine> {
  const { server, ca } = engine.description;
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, ca);
  const { body } = await cluster.request('GET', '/.well-known/openid-configuration');
  const trustedIssuer = {
    issuer: (body as { readonly issuer: string }).issuer,
    subject: 'system:serviceaccount:valetkey-system:valetkey-issuer',
    audience,
    jwksUri: `${server}/openid/v1/jwks`,
    caFile,
  };
  return startSeaweedfs({ report, trustedIssuer });
}

/** Puts a new token of a ServiceAccount into the file, as the kubelet does. */
async function rotate(account: string, forWhom: string): Promise<void> {
  const { body } = await cluster.request('POST', `${accounts}/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [forWhom], expirationSeconds: 3600 },
  });
  const { token } = (body as { readonly status: { readonly token: string } }).status;
  tokens.push(token);
  await writeFile(tokenFile, token, { mode: 0o600 });
}

async function accessKeyOf(name: string): Promise<string | undefined> {
  const { 'a.url': url = '' } = await shares.entries(name);
  return new URL(url).searchParams.get('X-Amz-Credential')?.split('/')[0];
}
