/**
 * Shares on a real kube-apiserver, their URLs against a real S3, the issuer under its shipped RBAC and admission
 * policy.
 */
import { randomUUID } from 'node:crypto';

import { controlPlane, createBucket, putObject, requireEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { installBase, issuerToken, startIssuer, type IssuerUnderTest } from './issuer-under-test.ts';
import { until } from './replica.ts';
import { curl } from './team.ts';

const description = requireEngine(inject('engines'), 'kubernetes');
const s3 = requireEngine(inject('engines'), 'seaweedfs');
const cluster = controlPlane(description);
const bucket = `shares-${randomUUID()}`;
const team = 'team-a';
const body = 'the weights of a model\n';
const hourMs = 3_600_000;

let issuer: IssuerUnderTest;
let offsetMs = -1.5 * hourMs;

beforeAll(async () => {
  await createBucket(s3, bucket);
  await putObject(s3, { bucket, key: `${team}/weights.bin`, body });
  await installBase(cluster);
  await cluster.createNamespace(team, { tier: 'ml' });
  await cluster.apply(JSON.stringify(platform()));
  issuer = await startIssuer(description, s3, () => offsetMs);
});
afterAll(async () => {
  await issuer.stop();
});

describe('a Share', () => {
  test('becomes a Secret whose curl entry downloads the object', async () => {
    await createShare('weights');
    const share = await ready('weights');
    const { data, raw } = await readSecret('weights');
    expect(await curl(data['weights.curl'] ?? '')).toEqual({ status: '200', output: body });
    expect(raw).toMatchObject({
      type: 'valetkey.dev/presigned-urls',
      metadata: { ownerReferences: [{ kind: 'Share', controller: true, uid: share.metadata.uid }] },
    });
    expect(JSON.parse(data['manifest.json'] ?? '')).toMatchObject({
      revision: 1,
      objects: [{ name: 'weights', method: 'GET', bucket, key: `${team}/weights.bin` }],
    });
    expect(conditionsOf(share)).toEqual({
      Ready: 'True',
      Authorized: 'True',
      SecretSynced: 'True',
      LifetimeClamped: 'False',
      RenewalOverdue: 'False',
      Stalled: 'False',
    });
  });

  test('is renewed before it ends, and the old URL lives out its time', async () => {
    const before = await readSecret('weights');
    offsetMs = 0;
    await until('revision 2', async () => (await readShare('weights')).status?.revision === 2);
    const after = await readSecret('weights');
    expect(after.data['weights.url']).not.toBe(before.data['weights.url']);
    for (const { data } of [before, after])
      expect((await curl(data['weights.curl'] ?? '')).status).toBe('200');
  });

  test('with an upload gives a URL that stores exactly what was declared', async () => {
    const request = { contentType: 'application/json', contentLength: 2 };
    await createShare('report', {
      objects: [{ name: 'report', key: `${team}/report.json`, method: 'PUT', request }],
    });
    await ready('report');
    const { data } = await readSecret('report');
    const config = data['report.curl'] ?? '';
    expect((await curl(`${config}data-binary = "{} "\n`)).status).toBe('403');
    expect((await curl(`${config}data-binary = "{}"\n`)).status).toBe('200');
  });

  test('is renewed when it is asked for, once', async () => {
    await patchShare('report', {
      metadata: { annotations: { 'valetkey.dev/renew-requested-at': '2026-11-24T00:00:00Z' } },
    });
    await until(
      'handled',
      async () => (await readShare('report')).status?.handledRenewRequest === '2026-11-24T00:00:00Z',
    );
    expect((await readShare('report')).status?.revision).toBe(2);
  });

  test('that nothing is due for is not written again by a restart', async () => {
    const before = await versions();
    await issuer.stop();
    issuer = await startIssuer(description, s3, () => offsetMs);
    await createShare('after-restart');
    await ready('after-restart');
    const after = await versions();
    expect(after).toMatchObject(before);
  });

  // The garbage collector looks for new kinds of owners every 30 seconds.
  test('loses its Secret when it is deleted', { timeout: 90_000 }, async () => {
    await cluster.request('DELETE', sharePath('after-restart'));
    await until(
      'the Secret is gone',
      async () => (await cluster.request('GET', secretPath('after-restart'))).status === 404,
      75_000,
    );
  });

  test('is withdrawn when its policy is tightened, and published again when it is widened', async () => {
    await createShare('narrow');
    await ready('narrow');
    await setPolicyKeys(['elsewhere/{rest}']);
    await until('withdrawn', async () => (await reasonOf('narrow')) === 'KeyNotAllowed');
    expect((await readSecret('narrow')).data).toEqual({});
    await setPolicyKeys(['{namespace}/{rest}']);
    await ready('narrow');
    expect((await curl((await readSecret('narrow')).data['weights.curl'] ?? '')).status).toBe('200');
  });
});

describe('somebody else’s Secret', () => {
  test('of the same name is left as it is, and the Share says so', async () => {
    const foreign = { metadata: { name: 'taken' }, stringData: { password: 'canary-of-others' } };
    const { body: before } = await cluster.request('POST', `/api/v1/namespaces/${team}/secrets`, foreign);
    await createShare('taken');
    await until('the conflict is reported', async () => (await reasonOf('taken')) === 'SecretConflict');
    const { body: after } = await cluster.request('GET', secretPath('taken'));
    expect(after).toEqual(before);
  });

  test('cannot be read with the issuer’s token, in any way', async () => {
    const token = await issuerToken(cluster);
    const secrets = `/api/v1/namespaces/${team}/secrets`;
    const patch = (contentType: string, change: unknown) =>
      cluster.request('PATCH', secretPath('taken'), change, { token, contentType });
    const answers = [
      await cluster.request('GET', secretPath('taken'), undefined, { token }),
      await cluster.request('GET', secrets, undefined, { token }),
      await cluster.request('GET', '/api/v1/secrets', undefined, { token }),
      await cluster.request('GET', `${secrets}?watch=1`, undefined, { token }),
      await cluster.request('DELETE', secretPath('taken'), undefined, { token }),
      // The trick: a malformed patch is answered with the whole object before admission runs.
      await patch('application/merge-patch+json', { metadata: { generation: 'x' } }),
      await patch('application/strategic-merge-patch+json', { metadata: { generation: 'x' } }),
      await patch('application/json-patch+json', [{ op: 'test', path: '/data/password', value: 'x' }]),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(JSON.stringify(answers)).not.toMatch(/canary-of-others|Y2FuYXJ5LW9mLW90aGVycw/);
  });

  test('is neither changed nor shown by a PUT, well-formed or not', async () => {
    const token = await issuerToken(cluster);
    const { body: before } = await cluster.request('GET', secretPath('taken'));
    const ours = {
      type: 'valetkey.dev/presigned-urls',
      metadata: { name: 'taken', ownerReferences: [anOwner()] },
    };
    const malformed = [
      ours,
      { ...ours, type: 'Opaque' },
      { metadata: { name: 'taken', generation: 'x' } },
      { metadata: { name: 'taken', uid: 'x' } },
      { metadata: { name: 'other' } },
      { metadata: { name: 'taken' }, data: { password: 7 } },
      { metadata: { name: 'taken' }, data: { password: 'not base64' } },
      [],
      'x',
    ];
    for (const attempt of malformed) {
      const answer = await cluster.request('PUT', secretPath('taken'), attempt, { token });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer)).not.toMatch(/canary-of-others|Y2FuYXJ5LW9mLW90aGVycw/);
    }
    expect((await cluster.request('GET', secretPath('taken'))).body).toEqual(before);
  });
});

describe('a Share that cannot be published', () => {
  test.each([
    ['an empty key', { objects: [{ name: 'a', key: '' }] }, 'spec.objects[0].key'],
    ['a dot segment', { objects: [{ name: 'a', key: 'a/../b' }] }, '".." segment'],
    ['the bucket ..', { bucket: '..' }, 'spec.bucket'],
    ['lifetime 0s', { lifetime: '0s' }, 'must be from 5m to 168h'],
    ['lifetime -1s', { lifetime: '-1s' }, 'spec.lifetime'],
    ['lifetime 604801s', { lifetime: '604801s' }, 'must be from 5m to 168h'],
    ['lifetime abc', { lifetime: 'abc' }, 'spec.lifetime'],
    ['no objects', { objects: [] }, 'spec.objects'],
    ['an unknown field', { expires: '2h' }, 'unknown field "spec.expires"'],
  ])('because of %s is refused by the API server with a readable message', async (_what, change, message) => {
    const path = `/apis/valetkey.dev/v1alpha1/namespaces/${team}/shares?fieldValidation=Strict`;
    const { status, body: answer } = await cluster.request('POST', path, aShare('invalid', change));
    expect([400, 422]).toContain(status);
    expect((answer as { readonly message: string }).message).toContain(message);
  });

  test.each([
    ['no policy covers its bucket', 'NoPolicyMatched', { bucket: 'another-bucket' }, 'no SharePolicy covers'],
    [
      'its policy does not cover the key',
      'KeyNotAllowed',
      { objects: [{ name: 'a', key: 'team-b/x' }] },
      'expected {namespace}/{rest}',
    ],
    [
      'its policy does not allow the method',
      'MethodNotAllowed',
      { objects: [{ name: 'a', key: `${team}/x`, method: 'DELETE' }] },
      'expected a method of download, upload',
    ],
    ['its lifetime is too long', 'LifetimeTooLong', { lifetime: '5h' }, 'at most 14400 seconds'],
    [
      'an upload has no size',
      'SizeNotBounded',
      { objects: [{ name: 'a', key: `${team}/x`, method: 'PUT' }] },
      'the exact size',
    ],
    [
      'its store is missing',
      'StoreNotFound',
      { storeRef: { kind: 'ClusterShareStore', name: 'nowhere' } },
      'which does not exist',
    ],
    ['its end has come', 'Ended', { endTime: '2026-01-01T00:00:00Z' }, 'has passed'],
  ])('because %s says %s', async (_what, reason, change, message) => {
    const name = `refused-${reason.toLowerCase()}`;
    await createShare(name, change);
    await until(reason, async () => (await reasonOf(name)) === reason);
    const share = await readShare(name);
    expect(share.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(message);
    expect((await cluster.request('GET', secretPath(name))).status).toBe(404);
  });
});

test('lifetime 5m is renewed in real time before it ends', { timeout: 240_000 }, async () => {
  await createShare('short', { lifetime: '5m' });
  const first = await ready('short');
  const { data } = await readSecret('short');
  await until('revision 2', async () => (await readShare('short')).status?.revision === 2, 200_000);
  const second = await readShare('short');
  expect(Date.parse(second.status?.issuedTime ?? '')).toBeLessThan(
    Date.parse(first.status?.expirationTime ?? ''),
  );
  expect((await curl(data['weights.curl'] ?? '')).status).toBe('200');
  expect((await curl((await readSecret('short')).data['weights.curl'] ?? '')).status).toBe('200');
});

test('no URL, key or token is in a log line or a status', async () => {
  const { body: shares } = await cluster.request('GET', '/apis/valetkey.dev/v1alpha1/shares');
  const everything = `${issuer.log()}${JSON.stringify(shares)}`;
  expect(everything).toContain('"started"');
  expect(everything).not.toMatch(/X-Amz-Signature=[0-9a-f]/);
  expect(everything).not.toContain(s3.secretAccessKey);
});

interface ShareView {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly status?: {
    readonly revision?: number;
    readonly issuedTime?: string;
    readonly expirationTime?: string;
    readonly handledRenewRequest?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

function platform() {
  const selector = { matchLabels: { tier: 'ml' } };
  const store = {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'ClusterShareStore',
    metadata: { name: 'under-test' },
    spec: {
      profile: 'seaweedfs',
      endpoint: s3.endpoint,
      region: s3.region,
      credentials: { default: {} },
      allowedNamespaces: { selector },
    },
  };
  return { apiVersion: 'v1', kind: 'List', items: [store, aPolicy(['{namespace}/{rest}'])] };
}

function aPolicy(keys: readonly string[]) {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'SharePolicy',
    metadata: { name: 'under-test' },
    spec: {
      namespaces: { selector: { matchLabels: { tier: 'ml' } } },
      stores: [
        { kind: 'ClusterShareStore', name: 'under-test' },
        { kind: 'ClusterShareStore', name: 'nowhere' },
      ],
      buckets: [bucket],
      actions: ['download', 'upload'],
      keys,
      lifetime: { default: '1h', max: '4h' },
      upload: { maxSize: '1Mi', contentTypes: ['application/json'] },
    },
  };
}

function aShare(name: string, change: object = {}) {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    metadata: { name, namespace: team },
    spec: {
      storeRef: { kind: 'ClusterShareStore', name: 'under-test' },
      bucket,
      objects: [{ name: 'weights', key: `${team}/weights.bin` }],
      lifetime: '2h',
      ...change,
    },
  };
}

function anOwner() {
  return {
    apiVersion: 'valetkey.dev/v1alpha1',
    kind: 'Share',
    name: 'taken',
    uid: randomUUID(),
    controller: true,
  };
}

function sharePath(name: string): string {
  return `/apis/valetkey.dev/v1alpha1/namespaces/${team}/shares/${name}`;
}

function secretPath(name: string): string {
  return `/api/v1/namespaces/${team}/secrets/${name}`;
}

async function createShare(name: string, change: object = {}): Promise<void> {
  const path = `/apis/valetkey.dev/v1alpha1/namespaces/${team}/shares`;
  const { status, body: answer } = await cluster.request('POST', path, aShare(name, change));
  expect({ status, message: (answer as { readonly message?: string }).message }).toEqual({ status: 201 });
}

async function patchShare(name: string, change: object): Promise<void> {
  const contentType = 'application/merge-patch+json';
  expect((await cluster.request('PATCH', sharePath(name), change, { contentType })).status).toBe(200);
}

async function setPolicyKeys(keys: readonly string[]): Promise<void> {
  await cluster.apply(JSON.stringify(aPolicy(keys)));
}

async function readShare(name: string): Promise<ShareView> {
  return (await cluster.request('GET', sharePath(name))).body as ShareView;
}

async function reasonOf(name: string): Promise<string | undefined> {
  return (await readShare(name)).status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
}

async function ready(name: string): Promise<ShareView> {
  await until(`${name} is Ready`, async () => conditionsOf(await readShare(name))['Ready'] === 'True');
  return readShare(name);
}

function conditionsOf({ status }: ShareView): Record<string, string> {
  return Object.fromEntries(
    (status?.conditions ?? []).map((condition) => [condition.type, condition.status]),
  );
}

async function readSecret(name: string) {
  const { body: raw } = await cluster.request('GET', secretPath(name));
  const { data = {} } = raw as { readonly data?: Readonly<Record<string, string>> };
  return {
    raw,
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    ),
  };
}

/** resourceVersions of the Shares and Secrets that are there. */
async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of [
    `/api/v1/namespaces/${team}/secrets`,
    `/apis/valetkey.dev/v1alpha1/namespaces/${team}/shares`,
  ]) {
    const { body: list } = await cluster.request('GET', path);
    for (const { metadata } of (
      list as {
        readonly items: readonly {
          readonly metadata: { readonly name: string; readonly resourceVersion: string };
        }[];
      }
    ).items) {
      found[`${path}/${metadata.name}`] = metadata.resourceVersion;
    }
  }
  return found;
}
