/** ServiceAccounts, as the real API server knows them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { systemClock } from '@valetkey/core';
import { controlPlane, freePort, requireEngine, type ControlPlane } from '@valetkey/testbed';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';

import { createAuthenticate } from '../../src/auth/create-authenticate.ts';
import { createIdentities } from '../../src/auth/identities.ts';
import { cacheReviews } from '../../src/auth/review-cache.ts';
import { createMetrics } from '../../src/metrics.ts';
import { serverSchema } from '../../src/server-schema.ts';

const audience = 'valetkey.example.com';
const namespace = `signer-${process.pid}`;
let cluster: ControlPlane;
let signerToken = '';

async function tokenFor(name: string, audiences: readonly string[]): Promise<string> {
  const { status, body } = await cluster.request(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences, expirationSeconds: 600 },
    },
  );
  expect(status).toBe(201);
  return (body as { status: { token: string } }).status.token;
}

beforeAll(async () => {
  cluster = controlPlane(requireEngine(inject('engines'), 'kubernetes'));
  await cluster.createNamespace(namespace);
  await cluster.apply(`
apiVersion: v1
kind: ServiceAccount
metadata: { name: signer, namespace: ${namespace} }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: worker, namespace: ${namespace} }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator }
subjects: [{ kind: ServiceAccount, name: signer, namespace: ${namespace} }]
`);
  signerToken = await cluster.serviceAccountToken(namespace, 'signer');
});

async function authenticating(ownToken = signerToken, server?: string) {
  const engine = requireEngine(inject('engines'), 'kubernetes');
  const folder = await mkdtemp(path.join(tmpdir(), 'valetkey-kube-auth-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [caFile, tokenFile] = [path.join(folder, 'ca.crt'), path.join(folder, 'token')];
  await writeFile(caFile, engine.ca);
  await writeFile(tokenFile, `${ownToken}\n`, { mode: 0o600 });
  const settings = serverSchema.parse({
    listen: '127.0.0.1:0',
    secrets: { file: 'unused' },
    auth: [{ kind: 'kubernetes', audience, server: server ?? engine.server, caFile, tokenFile }],
  });
  const identities = createIdentities({ clock: systemClock, fetch, onFailure: () => undefined });
  const authenticate = createAuthenticate(settings, {
    clock: systemClock,
    identities,
    metrics: createMetrics(),
  });
  return (token: string) =>
    authenticate(new Request('http://signer/', { headers: { authorization: `Bearer ${token}` } }));
}

test('a token asked for our audience names its ServiceAccount', async () => {
  const subjectOf = await authenticating();
  expect(await subjectOf(await tokenFor('worker', [audience]))).toEqual({
    kind: 'serviceAccount',
    id: `${namespace}/worker`,
    namespace,
    claims: { namespace, serviceAccount: 'worker' },
  });
});

test.each([
  ['for the API server', () => cluster.serviceAccountToken(namespace, 'worker')],
  ['for another audience', () => tokenFor('worker', ['another'])],
  ['with a broken signature', async () => `${(await tokenFor('worker', [audience])).slice(0, -8)}AAAAAAAA`],
  ['that is none', async () => 'a.b.c'],
])('a token %s is nobody', async (_title, make) => {
  const subjectOf = await authenticating();
  expect(await subjectOf(await make())).toBeUndefined();
});

test('a token of a ServiceAccount that is gone is nobody, once the answer is no longer remembered', async () => {
  await cluster.apply(`
apiVersion: v1
kind: ServiceAccount
metadata: { name: leaver, namespace: ${namespace} }
`);
  const token = await tokenFor('leaver', [audience]);
  expect(await (await authenticating())(token)).toMatchObject({ id: `${namespace}/leaver` });
  await cluster.kubectl('delete', 'serviceaccount', 'leaver', '-n', namespace);
  const later = await authenticating();
  await expect.poll(() => later(token), { timeout: 30_000, interval: 1000 }).toBeUndefined();
});

test('a service that may not ask, or cannot, says so instead of refusing its callers', async () => {
  const token = await tokenFor('worker', [audience]);
  const forbidden = await authenticating(await cluster.serviceAccountToken(namespace, 'worker'));
  await expect(forbidden(token)).rejects.toMatchObject({
    code: 'identity-unavailable',
    got: 'status 403',
    hint: expect.stringContaining('system:auth-delegator'),
  });
  const nobodyThere = await authenticating(signerToken, `https://127.0.0.1:${await freePort()}`);
  await expect(nobodyThere(token)).rejects.toMatchObject({ code: 'identity-unavailable' });
});

describe('answers', () => {
  const counting = () => {
    let nowMs = 0;
    let asked = 0;
    const review = cacheReviews(
      async (token) => {
        asked += 1;
        if (token === 'fails') throw new TypeError('no answer');
        return token === 'good' ? { kind: 'user', id: 'ann', claims: {} } : undefined;
      },
      { now: () => nowMs },
    );
    return { review, asked: () => asked, pass: (ms: number) => (nowMs += ms) };
  };

  test('are remembered for ten seconds, refusals too, and shared by those who ask together', async () => {
    const { review, asked, pass } = counting();
    await Promise.all([review('good'), review('good'), review('bad')]);
    await review('good');
    await review('bad');
    expect(asked()).toBe(2);
    pass(10_000);
    expect(await review('good')).toMatchObject({ id: 'ann' });
    expect(asked()).toBe(3);
  });

  test('that failed are asked for again', async () => {
    const { review, asked } = counting();
    await expect(review('fails')).rejects.toThrow('no answer');
    await expect(review('fails')).rejects.toThrow('no answer');
    expect(asked()).toBe(2);
  });
});
