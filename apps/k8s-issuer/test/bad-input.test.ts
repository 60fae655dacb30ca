/** What must not be published, however it gets in, and what may go away under the issuer; on a control plane of its own. */
import { createServer, type Server } from 'node:net';

import type { ControlPlane, ControlPlaneEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { installBase, startIssuer, type IssuerUnderTest } from './issuer-under-test.ts';
import { until } from './replica.ts';
import { startTeamCluster } from './team-cluster.ts';
import { apiVersion, applyAll, clusterStore, sharePolicy, team, type Team } from './team.ts';

const namespace = 'vision';
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary-of-the-store' };

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let issuer: IssuerUnderTest;
let shares: Team;
let offsetMs = 0;
const start = () => startIssuer(engine.description, keys, () => offsetMs);

/** Refused by the API server itself. */
const hostileKeys: readonly [title: string, key: string][] = [
  ['an empty key', ''],
  ['a slash', '/'],
  ['a leading slash', '/vision/a'],
  ['a trailing slash', 'vision/a/'],
  ['an empty segment', 'vision//a'],
  ['a dot segment', 'vision/./a'],
  ['two dots', '..'],
  ['a way up', 'vision/../team-b/a'],
  ['a way up at the end', 'vision/..'],
  ['a backslash', 'vision\\..\\a'],
  ['a line break', 'vision/a\nurl = "https://elsewhere"'],
  ['a NUL', 'vision/a\u0000b'],
  ['a delete character', 'vision/a\u007f'],
  ['a C1 control', 'vision/a\u0085b'],
  ['a change of direction', 'vision/\u202egpj.exe'],
  ['a byte order mark', 'vision/\ufeffa'],
  ['a segment of 256 characters', `vision/${'a'.repeat(256)}`],
  ['1,025 bytes', `vision/${'a/'.repeat(508)}ab`],
  ['1,025 bytes in fewer characters', `vision/${'ä/'.repeat(339)}aa`],
];

/** Beyond what the API server's rules can say. */
const storedKeys: readonly [name: string, key: string][] = [
  ['nfd', 'vision/cafe\u0301.bin'],
  ['long-segment', `vision/${'ä'.repeat(200)}`],
];

beforeAll(async () => {
  ({ engine, cluster, shares } = await startTeamCluster(namespace));
});
afterAll(async () => {
  await issuer.stop();
  await engine.stop();
});

describe('a Share that was stored before a rule existed', () => {
  beforeAll(async () => {
    await loosen('shares.valetkey.dev');
    await until(
      'any key is taken',
      async () => (await shares.create('before-0', objectOf('/'))).status === 201,
    );
    for (const [n, [, key]] of hostileKeys.entries()) await shares.create(`before-${n}`, objectOf(key));
    await shares.create('no-lifetime', { lifetime: '0s' });
    await shares.create('two-of-a-name', {
      bucket: '..',
      target: { layout: 'Env' },
      objects: [{ name: '0', key: 'vision/a' }],
    });
    await shares.create('forever', { lifetime: '604801s' });
    await installBase(cluster);
    await until(
      'the rules are back',
      async () => (await shares.create('refused', objectOf('/'))).status === 422,
    );
    issuer = await start();
  });

  test.each(hostileKeys.map(([title], n) => [title, n]))('with %s says InvalidSpec', async (_title, n) => {
    const { message, status } = await shares.reason(`before-${n}`, 'InvalidSpec');
    expect(status).toBe('False');
    expect(message).toContain('spec.objects[0].key');
    expect((await shares.condition(`before-${n}`, 'Stalled'))?.status).toBe('True');
    expect((await shares.secret(`before-${n}`)).status).toBe(404);
  });

  test.each(['no-lifetime', 'two-of-a-name', 'forever'])('such as %s says InvalidSpec', async (name) => {
    await shares.reason(name, 'InvalidSpec');
    expect((await shares.secret(name)).status).toBe(404);
  });

  test('is published once it is mended, and others never waited for it', async () => {
    await shares.create('sound');
    await shares.ready('sound');
    await shares.patch('before-1', { spec: objectOf('vision/mended') });
    await shares.ready('before-1');
  });
});

describe('what the platform declared before a rule existed', () => {
  const group = '/apis/valetkey.dev/v1alpha1';
  const place = { profile: 's3', region: 'us-east-1', endpoint: 'http://127.0.0.1:9' };
  const storeRefs = {
    'of-odd-cluster-store': { kind: 'ClusterShareStore', name: 'odd' },
    'of-odd-store': { kind: 'ShareStore', name: 'odd' },
    'under-odd-policy': { kind: 'ClusterShareStore', name: 'sound' },
  };
  const stores = Object.values(storeRefs);
  const policies = `${group}/sharepolicies`;
  const clusterStores = `${group}/clustersharestores`;
  const tenantStores = `${group}/namespaces/${namespace}/sharestores`;
  const odd: readonly [collection: string, field: string, object: object][] = [
    [
      policies,
      'spec.lifetime.max',
      sharePolicy('odd', { stores, buckets: ['odd'], lifetime: { default: '1h', max: 'forever' } }),
    ],
    [
      clusterStores,
      'spec.region',
      clusterStore('odd', { ...place, region: 'NOWHERE', credentials: { default: {} } }),
    ],
    [
      tenantStores,
      'spec.endpoint',
      {
        apiVersion,
        kind: 'ShareStore',
        metadata: { name: 'odd' },
        spec: { ...place, endpoint: 'ftp://a.example', credentials: { secretRef: { name: 'keys' } } },
      },
    ],
  ];
  const readyOf = async (collection: string) => {
    const { body } = await cluster.request('GET', `${collection}/odd`);
    const { status } = body as {
      readonly status?: {
        readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
      };
    };
    return status?.conditions?.find(({ type }) => type === 'Ready');
  };
  const patch = (collection: string, spec: object) =>
    cluster.request('PATCH', `${collection}/odd`, { spec }, { contentType: 'application/merge-patch+json' });

  beforeAll(async () => {
    for (const [collection, , object] of odd) {
      await loosen(`${collection.split('/').at(-1)}.valetkey.dev`);
      await until(
        'any spec is taken',
        async () => (await cluster.request('POST', collection, object)).status === 201,
      );
    }
    await installBase(cluster);
    const refuses = {
      [policies]: { maxObjects: 0 },
      [clusterStores]: { region: 'NO' },
      [tenantStores]: { region: 'NO' },
    };
    for (const [collection, spec] of Object.entries(refuses)) {
      await until('the rules are back', async () => (await patch(collection, spec)).status === 422);
    }
    await applyAll(cluster, [
      clusterStore('sound', { ...place, credentials: { default: {} } }),
      sharePolicy('sound', { stores, buckets: ['sound'] }),
    ]);
  });

  test.each(odd)('%s says InvalidSpec of %s', async (collection, field) => {
    await until('it says so', async () => (await readyOf(collection))?.reason === 'InvalidSpec');
    expect(await readyOf(collection)).toMatchObject({
      status: 'False',
      message: expect.stringContaining(field) as string,
    });
  });

  test.each([
    ['of-odd-cluster-store', 'sound', 'StoreUnavailable', 'ClusterShareStore odd: it breaks a rule'],
    ['of-odd-store', 'sound', 'StoreUnavailable', 'ShareStore odd: it breaks a rule'],
    ['under-odd-policy', 'odd', 'NoPolicyMatched', 'SharePolicy odd breaks a rule'],
  ] as const)('a Share %s says whose fault it is', async (name, bucket, reason, message) => {
    await shares.create(name, { storeRef: storeRefs[name], bucket });
    const condition = await shares.reason(name, reason);
    expect(condition.message).toContain(message);
    expect((await shares.secret(name)).status).toBe(404);
  });

  test('is used once it is mended, and the Shares wait for nothing else', async () => {
    expect((await patch(policies, { lifetime: { max: '2h' } })).status).toBe(200);
    expect((await patch(clusterStores, { region: 'us-east-1' })).status).toBe(200);
    for (const name of ['under-odd-policy', 'of-odd-cluster-store']) await shares.ready(name);
    for (const collection of [policies, clusterStores]) {
      await until('it says so', async () => (await readyOf(collection))?.reason === 'Available');
    }
  });
});

test('a policy whose patterns fill pages is told in short, and what it allows no more is withdrawn', async () => {
  const storeRef = { kind: 'ClusterShareStore', name: 'models' };
  const wordy = (keys: readonly string[]) =>
    applyAll(cluster, [sharePolicy('wordy', { stores: [storeRef], buckets: ['wordy'], keys })]);
  await wordy(['{namespace}/{rest}']);
  await shares.create('wordy', { bucket: 'wordy' });
  await shares.ready('wordy');
  await wordy(Array.from({ length: 64 }, (_, n) => `p${n}/${'abcdefghi/'.repeat(60)}{rest}`));
  const { message } = await shares.reason('wordy', 'KeyNotAllowed');
  expect(message).toHaveLength(1024);
  expect(await shares.entries('wordy')).toEqual({});
});

describe('a label of the Secret', () => {
  const labelled = (...names: readonly string[]) => ({
    target: { template: { labels: Object.fromEntries(names.map((name) => [name, 'x'])) } },
  });

  test.each(['a..b/c', '.a/b', 'a./b', 'a-.b/c', 'A/b', 'a/b/c', '/b', 'b'.repeat(64)])(
    'named %s is refused with the Share',
    async (name) => {
      expect((await shares.create('labelled-wrong', labelled(name))).status).toBe(422);
    },
  );

  test('that the rule lets through is one that the API server takes', async () => {
    const longest = `${`${'a'.repeat(63)}.`.repeat(3)}${'a'.repeat(61)}/${'b'.repeat(63)}`;
    expect((await shares.create('labelled', labelled('a-b.c/d', '0.9/e', 'F_g.h-1', longest))).status).toBe(
      201,
    );
    await shares.ready('labelled');
  });
});

describe.each(hostileKeys)('%s is refused', (_title, key) => {
  test('by create, patch and apply, and what is published stays', async () => {
    const before = await shares.secret('sound');
    const spec = objectOf(key);
    const apply = { apiVersion, kind: 'Share', metadata: { name: 'sound', namespace }, spec: { ...spec } };
    const answers = [
      await shares.create('hostile', spec),
      await shares.patch('sound', { spec }),
      await cluster.request(
        'PATCH',
        `${shares.sharePath('sound')}?fieldManager=test&force=true`,
        toAscii(apply),
        {
          contentType: 'application/apply-patch+yaml',
        },
      ),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(await shares.secret('sound')).toEqual(before);
  });
});

describe('a key that only the issuer can judge', () => {
  test.each(storedKeys)('(%s) says InvalidSpec, and takes back what was published', async (name, key) => {
    await shares.create(name);
    await shares.ready(name);
    expect((await shares.patch(name, { spec: objectOf(key) })).status).toBe(200);
    await shares.reason(name, 'InvalidSpec');
    expect(await shares.entries(name)).toEqual({});
  });

  test('that looks like a way out is a key like any other', async () => {
    await shares.create('percent', objectOf('vision/%2e%2e/%2fa b?c#d&e=+*'));
    await shares.ready('percent');
    const url = (await shares.entries('percent'))['weights.url'] ?? '';
    expect(url).toContain('/models/vision/%252e%252e/%252fa%20b%3Fc%23d%26e%3D%2B%2A?');
  });
});

describe('a store', () => {
  let listener: Server;
  let connections = 0;
  beforeAll(async () => {
    listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void listener.close());

  test('is never called, wherever its endpoint leads', async () => {
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const place = { profile: 's3', region: 'us-east-1', credentials: { default: {} } };
    const endpoints = { metadata: 'http://169.254.169.254', listening: `http://127.0.0.1:${address.port}` };
    const stores = Object.entries(endpoints);
    await applyAll(cluster, [
      ...stores.map(([name, endpoint]) => clusterStore(name, { ...place, endpoint })),
      sharePolicy('anywhere', {
        stores: stores.map(([name]) => ({ kind: 'ClusterShareStore', name })),
        buckets: ['models'],
      }),
    ]);
    for (const [name, endpoint] of stores) {
      await shares.create(`at-${name}`, { storeRef: { kind: 'ClusterShareStore', name } });
      await shares.ready(`at-${name}`);
      expect((await shares.entries(`at-${name}`))['weights.url']).toContain(`${endpoint}/models/`);
    }
    expect(connections).toBe(0);
  });

  test('of a tenant cannot sign with the issuer’s identity', async () => {
    const tenants = { apiVersion, kind: 'ShareStore', metadata: { name: 'sneaky' } };
    const spec = { profile: 's3', region: 'us-east-1', endpoint: 'http://a.example' };
    const path = shares.sharesPath.replace(/shares$/, 'sharestores');
    for (const credentials of [{ default: {} }, { webIdentity: {} }, { assumeRole: {} }, {}]) {
      const answer = await cluster.request('POST', path, { ...tenants, spec: { ...spec, credentials } });
      expect(answer.status).toBe(422);
    }
  });
});

describe('while Shares are being renewed', () => {
  test('a namespace that is deleted goes, and nobody else waits', { timeout: 120_000 }, async () => {
    await cluster.createNamespace('doomed', { tier: 'ml' });
    const doomed = team(cluster, 'doomed', {
      storeRef: { kind: 'ClusterShareStore', name: 'models' },
      bucket: 'models',
    });
    for (let n = 0; n < 20; n += 1) await doomed.create(`share-${n}`);
    await doomed.ready('share-19');
    const { revision = 0 } = (await shares.read('sound')).status ?? {};
    await cluster.request('DELETE', '/api/v1/namespaces/doomed');
    offsetMs = 3_300_000;
    await until('renewed', async () => ((await shares.read('sound')).status?.revision ?? 0) > revision);
    await until(
      'it is gone',
      async () => (await cluster.request('GET', '/api/v1/namespaces/doomed')).status === 404,
      90_000,
    );
  });

  test('the CRD may go and come back', { timeout: 120_000 }, async () => {
    await cluster.request('DELETE', `${crds}/shares.valetkey.dev`);
    await until('it is gone', async () => (await cluster.request('GET', shares.sharesPath)).status === 404);
    await installBase(cluster);
    await until('Shares are served', async () => [201, 409].includes((await shares.create('again')).status));
    await shares.ready('again');
  });
});

function objectOf(key: string): object {
  return { objects: [{ name: 'weights', key }] };
}

/** YAML, which `apply` is read as, takes some characters for line breaks. */
function toAscii(value: object): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, escape);
}

/** Takes every rule off a CRD, as a version before the rules would have been. */
async function loosen(name: string): Promise<void> {
  const { body } = await cluster.request('GET', `${crds}/${name}`);
  const answer = await cluster.request('PUT', `${crds}/${name}`, withoutRules(body));
  expect(answer.status).toBe(200);
}

const rules = new Set(['x-kubernetes-validations', 'pattern', 'minLength', 'maxLength', 'format']);

function withoutRules(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutRules);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([name, value]) => !rules.has(name) || typeof value === 'object');
  return Object.fromEntries(
    kept
      .filter(([name]) => name !== 'x-kubernetes-validations')
      .map(([name, value]) => [name, withoutRules(value)]),
  );
}
