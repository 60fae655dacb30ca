/**
 * What the issuer's own token can do to a Secret that is not a Share's: nothing, and not even see it. The API server
 * is asked in every malformed way, by sixteen connections at once, while the owner of the Secret changes it.
 */
import { randomUUID } from 'node:crypto';

import {
  controlPlane,
  requireEngine,
  startKubernetes,
  type ControlPlane,
  type ControlPlaneEngine,
} from '@valetkey/testbed';
import { Pool } from 'undici';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { installBase, issuerToken } from './issuer-under-test.ts';
import { aShare } from './share-fixtures.ts';

const namespace = 'others';
const collection = `/api/v1/namespaces/${namespace}/secrets`;
const target = `${collection}/target`;
const attempts = 4_800;
const connections = 16;
const canary = 'canary-of-others';
const leak = new RegExp(`${canary}|${Buffer.from(canary).toString('base64').replace(/=+$/, '')}`);

interface Metadata {
  readonly uid: string;
  readonly resourceVersion: string;
}

interface Attempt {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let engine: ControlPlaneEngine;

beforeAll(async () => {
  requireEngine(inject('engines'), 'kubernetes');
  engine = await startKubernetes({ report: () => undefined });
  const cluster = controlPlane(engine.description);
  await installBase(cluster);
  await cluster.createNamespace(namespace);
});
afterAll(() => engine.stop());

test('thousands of malformed and racing writes show and change nothing', { timeout: 240_000 }, async () => {
  const cluster = controlPlane(engine.description);
  const foreign = { metadata: { name: 'target' }, stringData: { password: canary } };
  let { body: last } = await cluster.request('POST', collection, foreign);
  const latest = () => (last as { readonly metadata: Metadata }).metadata;
  const token = await issuerToken(cluster);
  // An admission policy holds a moment after it was applied; the issuer itself does not start before it does.
  const plain = { metadata: { name: 'guard' }, type: 'Opaque' };
  const guard = () => cluster.request('POST', `${collection}?dryRun=All`, plain, { token });
  await expect.poll(async () => (await guard()).status, { timeout: 30_000 }).toBe(403);
  const { server, ca } = engine.description;
  const pool = new Pool(server, { connections, connect: { ca } });
  const authorization = `Bearer ${token}`;
  const statuses: number[] = [];
  const leaks: string[] = [];
  const accepted: string[] = [];

  const attack = async (): Promise<void> => {
    while (statuses.length < attempts) {
      const { method, path, body, headers } = toAttempt(statuses.length, latest());
      const index = statuses.push(0) - 1;
      const answer = await pool.request({
        method,
        path,
        body,
        headers: { authorization, 'content-type': 'application/json', ...headers },
      });
      const text = await answer.body.text();
      statuses[index] = answer.statusCode;
      if (leak.test(text)) leaks.push(`${method} ${path} ${body}`);
      if (answer.statusCode < 400) accepted.push(`${method} ${path} ${body}`);
    }
  };
  const ownerAtWork = async (): Promise<void> => {
    for (let tick = 0; statuses.length < attempts; tick += 1) {
      const change = { metadata: { annotations: { tick: String(tick) } } };
      const contentType = 'application/merge-patch+json';
      last = (await cluster.request('PATCH', target, change, { contentType })).body;
    }
  };
  await Promise.all([ownerAtWork(), ...Array.from({ length: connections }, attack)]);
  await pool.close();

  expect(leaks).toEqual([]);
  expect(accepted).toEqual([]);
  expect(statuses.length).toBeGreaterThanOrEqual(attempts);
  expect((await cluster.request('GET', target)).body).toEqual(last);
  const { items } = (await cluster.request('GET', collection)).body as { readonly items: readonly unknown[] };
  expect(items).toHaveLength(1);
});

/** A stored version: whose the Secret is then, and who wrote it. */
interface Version {
  readonly resourceVersion: bigint;
  readonly owner: string | undefined;
  readonly isOfIssuer: boolean;
}

test(
  'a Secret that goes from Share to Share is only ever written for the one that has it',
  { timeout: 120_000 },
  async () => {
    const cluster = controlPlane(engine.description);
    const path = `${collection}/swapped`;
    // The garbage collector takes away what belongs to nobody.
    const owners = await Promise.all(['a', 'b'].map((name) => ownerOf(cluster, name)));
    const versions: Version[] = [];
    const leaks: string[] = [];
    let refusals = 0;
    const bodyOf = (of: Owner | undefined, stringData: object, precondition: object = {}) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: ours,
      metadata: {
        name: 'swapped',
        ...(of === undefined ? {} : { ownerReferences: [of] }),
        ...precondition,
      },
      stringData,
    });
    const note = (answer: unknown, isOfIssuer: boolean): Metadata => {
      const { metadata } = answer as {
        readonly metadata: Metadata & { readonly ownerReferences?: readonly { readonly uid: string }[] };
      };
      const resourceVersion = BigInt(metadata.resourceVersion);
      versions.push({ resourceVersion, owner: metadata.ownerReferences?.[0]?.uid, isOfIssuer });
      return metadata;
    };
    const made = await cluster.request('POST', collection, bodyOf(owners[0], { password: canary }));
    let latest = note(made.body, false);
    const token = await issuerToken(cluster);
    const { server, ca } = engine.description;
    const pool = new Pool(server, { connections, connect: { ca } });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const writes = 600;
    let tried = 0;
    const isOver = () => tried >= writes;

    const attack = async (): Promise<void> => {
      while (tried < writes) {
        tried += 1;
        const of = owners[tried % 2];
        const { resourceVersion } = latest;
        const precondition = [{}, { uid: latest.uid }, { uid: latest.uid, resourceVersion }][tried % 3];
        const body = JSON.stringify(bodyOf(of, { 'a.url': 'x', n: String(tried) }, precondition));
        const answer = await pool.request({ method: 'PUT', path, body, headers });
        const text = await answer.body.text();
        if (leak.test(text)) leaks.push(text);
        if (answer.statusCode === 200) note(JSON.parse(text), true);
        else refusals += 1;
      }
    };
    const swap = async (): Promise<void> => {
      for (let turn = 1; !isOver(); turn += 1) {
        const next = [owners[0], owners[1], undefined][turn % 3];
        const { status, body } = await cluster.request(
          'PUT',
          path,
          bodyOf(next, { password: canary, n: String(turn) }),
        );
        expect(status).toBe(200);
        latest = note(body, false);
      }
    };
    await Promise.all([swap(), ...Array.from({ length: connections }, attack)]);
    await pool.close();

    const inOrder = versions.toSorted((a, b) => (a.resourceVersion < b.resourceVersion ? -1 : 1));
    const stolen = inOrder.filter(
      ({ owner: its, isOfIssuer }, n) => isOfIssuer && its !== inOrder[n - 1]?.owner,
    );
    expect(stolen).toEqual([]);
    expect(leaks).toEqual([]);
    expect(refusals).toBeGreaterThan(0);
    expect(versions.filter(({ isOfIssuer }) => isOfIssuer).length).toBeGreaterThan(0);
  },
);

/** A Share that there is, as an owner. */
async function ownerOf(cluster: ControlPlane, name: string): Promise<Owner> {
  const path = `/apis/valetkey.dev/v1alpha1/namespaces/${namespace}/shares`;
  const { body } = await cluster.request('POST', path, aShare(namespace, name));
  const { metadata } = body as { readonly metadata: Metadata };
  return { ...owner(metadata.uid), name };
}

const ours = 'valetkey.dev/presigned-urls';
const owner = (uid: string = randomUUID()) => ({
  apiVersion: 'valetkey.dev/v1alpha1',
  kind: 'Share',
  name: 'target',
  uid,
  controller: true,
});
type Owner = ReturnType<typeof owner>;
const secret = (metadata: object, rest: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'target', ...metadata }, ...rest });

/** A whole write of ours, correct but for whose Secret it is. */
const wellFormed = (metadata: object = {}) =>
  secret({ ownerReferences: [owner()], ...metadata }, { type: ours, stringData: { 'a.url': 'x' } });

/** Every way in which a write may be wrong, or right for the wrong object. */
const shapes: readonly ((now: Metadata, n: number) => Attempt)[] = [
  () => put(wellFormed()),
  ({ uid }) => put(wellFormed({ uid })),
  ({ uid, resourceVersion }) => put(wellFormed({ uid, resourceVersion })),
  ({ uid, resourceVersion }) => put(secret({ uid, resourceVersion })),
  ({ uid, resourceVersion }) => put(secret({ uid, resourceVersion }, { type: 'Opaque', data: {} })),
  ({ uid }) => put(secret({ uid, ownerReferences: [owner()] }, { type: 'Opaque' })),
  ({ uid }) => put(secret({ uid, ownerReferences: [owner(), owner()] }, { type: ours })),
  ({ uid }) => put(secret({ uid, ownerReferences: [{ ...owner(), controller: false }] }, { type: ours })),
  ({ uid }) => put(secret({ uid, ownerReferences: [{ ...owner(), kind: 'Pod' }] }, { type: ours })),
  ({ uid }) => put(secret({ uid, ownerReferences: [owner(uid)] }, { type: ours })),
  ({ uid }) => put(secret({ uid, ownerReferences: 'x' }, { type: ours })),
  () => put(secret({ generation: 'x' })),
  (_now, n) => put(secret({ uid: n })),
  () => put(secret({ resourceVersion: 'x' })),
  () => put(secret({ resourceVersion: '0' })),
  () => put(secret({ resourceVersion: '-1' })),
  () => put(secret({ labels: { a: { b: 'c' } } })),
  () => put(secret({ labels: { 'not a label': 'x' } })),
  () => put(secret({ annotations: { a: 'x'.repeat(300_000) } })),
  () => put(secret({ managedFields: [{ manager: 7 }] })),
  () => put(secret({ finalizers: ['not a finalizer'] })),
  () => put(secret({ deletionTimestamp: '2026-01-01T00:00:00Z' })),
  () => put(secret({ creationTimestamp: 'soon' })),
  () => put(secret({ namespace: 'kube-system' })),
  () => put(secret({ name: 'other' })),
  () => put(secret({ name: '../target' })),
  (_now, n) => put(secret({}, { data: { password: n } })),
  () => put(secret({}, { data: { password: 'not base64' } })),
  () => put(secret({}, { data: [] })),
  () => put(secret({}, { stringData: { password: { a: 1 } } })),
  () => put(secret({}, { immutable: 'yes' })),
  () => put(secret({}, { immutable: true })),
  () => put(secret({}, { type: 7 })),
  () => put('[]'),
  () => put('"x"'),
  () => put('null'),
  () => put('{'),
  () => put(''),
  () => put(`{"metadata":{"name":"target"},"metadata":{"name":"target","uid":"${randomUUID()}"}}`),
  () => put('['.repeat(20_000)),
  () => put(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'target' } })),
  () => put(JSON.stringify({ apiVersion: 'v2', kind: 'Secret', metadata: { name: 'target' } })),
  () => put(JSON.stringify({ kind: 'SecretList', items: [] })),
  () => put(wellFormed(), '?dryRun=All'),
  () => put(secret({ generation: 'x' }), '?dryRun=All'),
  () => put(wellFormed(), '?dryRun=Some'),
  () => put(secret({ unknown: 'x' }), '?fieldValidation=Strict'),
  () => put(wellFormed(), '?fieldValidation=Nonsense'),
  () => put(wellFormed(), `?fieldManager=${'m'.repeat(200)}`),
  () => put(wellFormed(), '?pretty=true&watch=true&limit=x&timeoutSeconds=-1'),
  () => put(wellFormed(), '/status'),
  () => put(wellFormed(), '/finalize'),
  () => put(wellFormed(), '', { 'content-type': 'application/yaml' }),
  () => put('a: [b', '', { 'content-type': 'application/yaml' }),
  () => put('k8s\u0000\n\u0001x', '', { 'content-type': 'application/vnd.kubernetes.protobuf' }),
  () => put(wellFormed(), '', { 'content-type': 'application/apply-patch+yaml' }),
  () => put(wellFormed(), '', { 'content-type': 'application/merge-patch+json' }),
  () => put(wellFormed(), '', { 'content-type': 'text/plain' }),
  () => put(wellFormed(), '', { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }),
  () => put(wellFormed(), '', { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }),
  () => put(secret({ generation: 'x' }), '', { accept: 'application/yaml' }),
  () => put(secret({ generation: 'x' }), '', { accept: 'nonsense/x' }),
  () => put(wellFormed(), '', { 'impersonate-user': 'admin' }),
  () => put(wellFormed(), '', { 'x-http-method-override': 'GET' }),
  () => post(collection, wellFormed()),
  () => post(collection, secret({}, { type: 'Opaque' })),
  ({ uid }) => post(collection, wellFormed({ uid, resourceVersion: '1' })),
  () => post(collection, secret({ name: undefined, generateName: 'target' }, { type: 'Opaque' })),
  () => post(`${collection}?dryRun=All`, secret({}, { type: 'Opaque' })),
  () => post(target, wellFormed()),
  () => post(`${target}/binding`, wellFormed()),
  () => post(collection, JSON.stringify({ kind: 'List', items: [] })),
];

function toAttempt(n: number, now: Metadata): Attempt {
  const shape = shapes[n % shapes.length];
  if (shape === undefined) throw new RangeError('every number has a shape');
  return shape(now, n);
}

function put(body: string, suffix = '', headers: Readonly<Record<string, string>> = {}): Attempt {
  return { method: 'PUT', path: `${target}${suffix}`, body, headers };
}

function post(path: string, body: string): Attempt {
  return { method: 'POST', path, body };
}
