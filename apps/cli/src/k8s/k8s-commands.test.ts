/** The commands about Shares in files; `test/k8s-cluster.test.ts` has those that call a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';

import { memoryIo } from '../../test/memory-io.ts';
import { run } from '../run.ts';

type Fields = Readonly<Record<string, unknown>>;

const api = 'valetkey.dev/v1alpha1';
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'vision', labels: { tier: 'ml' } },
};
const store = {
  apiVersion: api,
  kind: 'ClusterShareStore',
  metadata: { name: 'models' },
  spec: {
    profile: 'aws',
    region: 'eu-central-1',
    credentials: { default: {} },
    allowedNamespaces: { selector: { matchLabels: { tier: 'ml' } } },
  },
};
const aPolicy = (name: string, spec: Fields = {}) => ({
  apiVersion: api,
  kind: 'SharePolicy',
  metadata: { name },
  spec: {
    namespaces: { selector: { matchLabels: { tier: 'ml' } } },
    stores: [{ kind: 'ClusterShareStore', name: 'models' }],
    buckets: ['models'],
    actions: ['download'],
    keys: ['{namespace}/{rest}'],
    lifetime: { default: '1h', max: '4h' },
    ...spec,
  },
});
const aShare = (spec: Fields = {}) => ({
  apiVersion: api,
  kind: 'Share',
  metadata: { name: 'weights', namespace: 'vision' },
  spec: {
    storeRef: { kind: 'ClusterShareStore', name: 'models' },
    bucket: 'models',
    objects: [{ name: 'weights', key: 'vision/v3/weights.bin' }],
    lifetime: '1h',
    ...spec,
  },
});
const platform = [namespace, store, aPolicy('team')];
/** Nine lists, each of nine times the one before. */
const aliasBomb = Array.from({ length: 9 }, (_, n) =>
  n === 0
    ? 'a0: &a0 [x]'
    : `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
).join('\n');

const fromEnvironment = {
  env: [{ name: 'URL', valueFrom: { secretKeyRef: { name: 'weights', key: 'weights.url' } } }],
};
const fromDirectory = { volumeMounts: [{ name: 'share', mountPath: '/share', readOnly: true }] };
const fromSubPath = { volumeMounts: [{ name: 'share', mountPath: '/url', subPath: 'weights.url' }] };
const aPod = (container: Fields, more: Fields = {}) => ({
  containers: [{ name: 'app', image: 'x', ...container }],
  volumes: [{ name: 'share', secret: { secretName: 'weights' } }],
  ...more,
});
const metadata = { name: 'reader', namespace: 'vision' };
const aDeployment = (container: Fields) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { template: { spec: aPod(container) } },
});
const aJob = (container: Fields, spec: Fields = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata,
  spec: { ...spec, template: { spec: aPod(container, { restartPolicy: 'Never' }) } },
});
const aCronJob = (container: Fields, spec: Fields = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata,
  spec: { schedule: '*/10 * * * *', ...spec, jobTemplate: { spec: { template: { spec: aPod(container) } } } },
});

async function ask(args: readonly string[], objects: readonly object[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-k8s-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'all.yaml');
  writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
  const { io, written } = memoryIo();
  const code = await run(['k8s', ...args, '-f', file], io);
  return { code, ...written, file };
}

interface Warning {
  readonly code: string;
  readonly place: string;
  readonly object: string;
  readonly message: string;
}

async function lint(...objects: readonly object[]) {
  const { code, stdout, file } = await ask(['lint', '--json'], objects);
  const warnings = JSON.parse(stdout) as readonly Warning[];
  return { code, warnings: warnings.map((one) => ({ ...one, place: one.place.replace(`${file}:`, '') })) };
}

describe('lint', () => {
  test.each<[string, object]>([
    ['a Deployment that mounts the directory', aDeployment(fromDirectory)],
    ['a Pod that mounts it', { apiVersion: 'v1', kind: 'Pod', metadata, spec: aPod(fromDirectory) }],
    ['a Job that surely ends before its URL', aJob(fromEnvironment, { activeDeadlineSeconds: 600 })],
    ['a CronJob whose next run ends the last', aCronJob(fromEnvironment, { concurrencyPolicy: 'Replace' })],
    ['environment of another Secret', aDeployment({ envFrom: [{ secretRef: { name: 'other' } }] })],
    [
      'the Secret’s name in another namespace',
      { ...aDeployment(fromSubPath), metadata: { name: 'reader', namespace: 'audio' } },
    ],
    ['a kind it does not know', { apiVersion: 'x/v1', kind: 'Rollout', metadata, spec: 7 }],
  ])('%s: nothing to say', async (_, workload) => {
    expect(await lint(...platform, aShare(), workload)).toEqual({ code: 0, warnings: [] });
  });

  test.each<[string, object, readonly string[]]>([
    ['a subPath', aDeployment(fromSubPath), ['secret-sub-path']],
    [
      'a subPath of a projected volume',
      {
        ...aDeployment({}),
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'app', volumeMounts: [{ name: 'all', mountPath: '/x', subPathExpr: '$(A)' }] },
              ],
              volumes: [{ name: 'all', projected: { sources: [{ secret: { name: 'weights' } }] } }],
            },
          },
        },
      },
      ['secret-sub-path'],
    ],
    ['the environment of what runs for ever', aDeployment(fromEnvironment), ['secret-in-environment']],
    ['envFrom', aDeployment({ envFrom: [{ secretRef: { name: 'weights' } }] }), ['secret-in-environment']],
    ['a Job without an end', aJob(fromEnvironment), ['secret-in-environment']],
    [
      'a Job that outlives its URL',
      aJob(fromEnvironment, { activeDeadlineSeconds: 7200 }),
      ['outlives-its-url'],
    ],
    ['a CronJob of which many run at once', aCronJob(fromEnvironment), ['secret-in-environment']],
    [
      'a daily CronJob that outlives its URL',
      aCronJob(fromEnvironment, { schedule: '@daily', concurrencyPolicy: 'Replace' }),
      ['outlives-its-url'],
    ],
    [
      'both in one Pod',
      aDeployment({ ...fromSubPath, ...fromEnvironment }),
      ['secret-sub-path', 'secret-in-environment'],
    ],
  ])('%s is found', async (_, workload, codes) => {
    const { code, warnings } = await lint(...platform, aShare(), workload);
    expect(warnings.map((warning) => warning.code)).toEqual(codes);
    expect(code).toBe(1);
  });

  test('an init container counts too', async () => {
    const pod = { initContainers: [{ name: 'fetch', ...fromEnvironment }], containers: [{ name: 'app' }] };
    const { warnings } = await lint(...platform, aShare(), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: pod,
    });
    expect(warnings).toMatchObject([
      { code: 'secret-in-environment', message: expect.stringContaining('fetch') },
    ]);
  });

  test('a Share without its policy, and one without its store, are found', async () => {
    expect((await lint(namespace, store, aShare())).warnings).toMatchObject([
      {
        code: 'share-not-admitted',
        object: 'Share vision/weights',
        message: expect.stringMatching(/^NoPolicyMatched/),
      },
    ]);
    expect((await lint(namespace, aPolicy('team'), aShare())).warnings).toMatchObject([
      { code: 'share-not-admitted', message: expect.stringMatching(/^StoreNotFound/) },
    ]);
  });

  test('every object of a Share that no policy allows is told, each with its line', async () => {
    const objects = [
      { name: 'a', key: 'audio/a' },
      { name: 'b', key: 'vision/b' },
      { name: 'c', key: 'vision/c', method: 'DELETE' },
      { name: 'd', key: 'other/d' },
    ];
    const share = aShare({ objects });
    const { warnings } = await lint(share, ...platform);
    const lines = stringify(share).split('\n');
    expect(
      warnings.map(({ place, code, message }) => [lines[Number(place) - 1]?.trim(), code, message]),
    ).toEqual([
      ['- name: a', 'share-not-admitted', expect.stringMatching(/^KeyNotAllowed: .*spec\.objects\[0\]: /)],
      ['- name: c', 'share-not-admitted', expect.stringMatching(/^MethodNotAllowed: .*spec\.objects\[2\]: /)],
      ['- name: d', 'share-not-admitted', expect.stringMatching(/^KeyNotAllowed: .*spec\.objects\[3\]: /)],
    ]);
  });

  test('a suspended Share is told', async () => {
    expect((await lint(...platform, aShare({ suspend: true }))).warnings).toMatchObject([
      { code: 'share-suspended' },
    ]);
  });

  test('one bad object hides no other, and each is told with its line', async () => {
    const bad = aShare({ lifetme: '1h' });
    const { warnings } = await lint(bad, { hello: 'world' }, ...platform, aShare(), aDeployment(fromSubPath));
    expect(warnings.map(({ code }) => code)).toEqual(['invalid-object', 'invalid-object', 'secret-sub-path']);
    expect(Number(warnings[1]?.place)).toBeGreaterThan(10);
  });

  test.each([
    ['by itself', (share: object) => share],
    ['in a List', (share: object) => ({ apiVersion: 'v1', kind: 'List', items: [...platform, share] })],
  ])('a field that is misspelt is told with its own line, and what was meant: %s', async (_, wrap) => {
    const objects = [namespace, wrap(aShare({ lifetme: '1h' }))];
    const text = objects.map((object) => stringify(object)).join('---\n');
    const line = text.split('\n').findIndex((one) => one.includes('lifetme')) + 1;
    const { warnings } = await lint(...objects);
    expect(warnings).toMatchObject([
      {
        code: 'invalid-object',
        place: String(line),
        message: expect.stringMatching(/spec\.lifetme\. Did you mean lifetime\?$/),
      },
    ]);
  });

  test.each<[string, Fields, readonly (readonly [line: string, message: RegExp])[]]>([
    [
      'a Share',
      aShare({ lifetme: '1h', bucket: 'B', objects: [{ name: 'a', key: '/rooted', metod: 'GET' }] }),
      [
        ['bucket: B', /spec\.bucket: expected at least 3 characters, got "B"$/],
        ['bucket: B', /spec\.bucket: expected text that matches .*, got "B"$/],
        ['key: /rooted', /spec\.objects\[0\]\.key: expected must not start or end with a slash/],
        ['metod: GET', /spec\.objects\[0\]\.metod\. Did you mean method\?$/],
        ['lifetme: 1h', /spec\.lifetme\. Did you mean lifetime\?$/],
      ],
    ],
    [
      'a policy',
      aPolicy('team', { buckets: ['models', 'm_'], maxObjects: -1, lifetme: {}, key: [] }),
      [
        ['- m_', /spec\.buckets\[1\]: expected at least 3 characters/],
        ['- m_', /spec\.buckets\[1\]: expected text that matches /],
        ['maxObjects: -1', /spec\.maxObjects: expected at least 1, got -1$/],
        ['lifetme: {}', /spec\.lifetme\. Did you mean lifetime\?$/],
        ['key: []', /spec\.key\. Did you mean keys\?$/],
      ],
    ],
    [
      'a store',
      { ...store, metadata: {}, spec: { ...store.spec, profile: 'nonsense', regio: 'x' } },
      [
        ['metadata: {}', /metadata\.name: expected text/],
        ['profile: nonsense', /spec\.profile: expected one of aws, .*, got "nonsense"$/],
        ['regio: x', /spec\.regio\. Did you mean region\?$/],
      ],
    ],
  ])(
    'all that is wrong with %s is told, in the order of the file, each with its line',
    async (_, bad, all) => {
      const { code, warnings } = await lint(namespace, bad, aDeployment(fromDirectory));
      expect(code).toBe(1);
      const lines = [stringify(namespace), stringify(bad)].join('---\n').split('\n');
      const lineOf = ({ place }: Warning) => lines[Number(place) - 1]?.trim();
      expect(warnings.map((one) => [lineOf(one), one.code, one.message])).toEqual(
        all.map(([line, message]) => [line, 'invalid-object', expect.stringMatching(message)]),
      );
    },
  );

  test('a value that is wrong is told with its line too', async () => {
    const { warnings } = await lint(aShare({ objects: [{ name: 'a', key: '/rooted' }] }));
    const text = stringify(aShare({ objects: [{ name: 'a', key: '/rooted' }] }));
    const line = text.split('\n').findIndex((one) => one.includes('/rooted')) + 1;
    expect(warnings).toMatchObject([{ code: 'invalid-object', place: String(line) }]);
  });

  test('two Shares on one Secret, and a Secret that is there already, are found', async () => {
    const second = { ...aShare(), metadata: { name: 'second', namespace: 'vision' } };
    const onSame = aShare({ target: { secretName: 'second' } });
    expect((await lint(...platform, second, onSame)).warnings).toMatchObject([
      { object: 'Share vision/second', code: 'secret-conflict', message: expect.stringContaining('weights') },
      { object: 'Share vision/weights', code: 'secret-conflict', message: expect.stringContaining('second') },
    ]);
    const elsewhere = { ...onSame, metadata: { name: 'weights', namespace: 'default' } };
    expect((await lint(...platform, second, elsewhere)).warnings.map(({ code }) => code)).not.toContain(
      'secret-conflict',
    );
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'weights', namespace: 'vision' } };
    expect((await lint(...platform, aShare(), secret)).warnings).toMatchObject([
      {
        object: 'Share vision/weights',
        code: 'secret-conflict',
        message: expect.stringContaining('left as it is'),
      },
    ]);
    const own = { ...secret, metadata: { ...secret.metadata, ownerReferences: [{ kind: 'Share' }] } };
    expect((await lint(...platform, aShare(), own)).warnings).toEqual([]);
  });

  test('the text says where, why and what to do', async () => {
    const { stdout, file } = await ask(['lint'], [...platform, aShare(), aDeployment(fromSubPath)]);
    expect(stdout).toContain(file);
    expect(stdout).toContain('Mount the whole Secret as a directory');
  });

  test.each([
    ['YAML that is none', 'a: [', /expected well-formed YAML/],
    ['a scalar', 'hello', /kind/],
    ['an alias without its anchor', 'kind: *nobody', /-:1: expected aliases of anchors/],
    ['aliases that blow up', aliasBomb, /-:1: expected aliases of anchors/],
  ])('%s is an error or a warning that names the file', async (_, text, message) => {
    const { io, written } = memoryIo({ stdin: text });
    const code = await run(['k8s', 'lint', '-f', '-'], io);
    expect(code).toBeGreaterThan(0);
    expect(written.stdout + written.stderr).toMatch(message);
  });

  test('whether a container that starts again helps is said by the restart policy', async () => {
    const { warnings } = await lint(
      ...platform,
      aShare(),
      aDeployment(fromEnvironment),
      aJob(fromEnvironment),
    );
    expect(warnings.map(({ message }) => message.split('; ').at(-1))).toEqual([
      'it is read anew only when the container starts again',
      'it is read once, for the Pod never starts it again',
    ]);
  });

  test('objects inside a List, a ShareList or a List of Lists are looked at one by one', async () => {
    const shares = { apiVersion: 'valetkey.dev/v1alpha1', kind: 'ShareList', items: [aShare()] };
    const inner = { apiVersion: 'v1', kind: 'List', items: [shares, aDeployment(fromSubPath)] };
    const list = { apiVersion: 'v1', kind: 'List', items: [...platform, inner] };
    expect((await lint(list)).warnings).toMatchObject([{ code: 'secret-sub-path' }]);
  });
});

describe('explain', () => {
  test('names the policy that admits, and what the others say', async () => {
    const { code, stdout } = await ask(
      ['explain', 'weights'],
      [
        ...platform,
        aPolicy('a-short', { lifetime: { default: '5m', max: '10m' } }),
        aPolicy('other-bucket', { buckets: ['other'] }),
        aPolicy('other-namespace', { namespaces: { names: ['audio'] } }),
        aShare(),
      ],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Share vision/weights: admitted by SharePolicy team\n');
    expect(stdout).toMatch(/a-short +denies +LifetimeTooLong: /);
    expect(stdout).toMatch(/other-bucket +does not concern it +does not cover bucket models/);
    expect(stdout).toMatch(/other-namespace +does not concern it +does not cover namespace vision/);
    expect(stdout).toMatch(/team +allows +every object/);
  });

  test('ends with 1 where none admits, and says why', async () => {
    const { code, stdout } = await ask(['explain', '--json'], [namespace, store, aShare()]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      {
        namespace: 'vision',
        share: 'weights',
        allowed: false,
        reason: 'NoPolicyMatched',
        message: expect.stringContaining('no SharePolicy covers namespace vision'),
        policies: [],
      },
    ]);
  });

  test('asks no policy where the store is missing', async () => {
    const { stdout } = await ask(['explain'], [namespace, aPolicy('team'), aShare()]);
    expect(stdout).toMatch(/not admitted: StoreNotFound/);
    expect(stdout).not.toContain('team');
  });

  test('of two Shares on one Secret says that only one gets it, and of stored ones which', async () => {
    const second = {
      ...aShare({ target: { secretName: 'weights' } }),
      metadata: { name: 'second', namespace: 'vision' },
    };
    const { code, stdout } = await ask(['explain', 'second'], [...platform, aShare(), second]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'Share vision/second: admitted by SharePolicy team\n' +
        'Its Secret is not written: SecretConflict: the Share weights keeps the Secret weights too, and only one of them',
    );
    const stored = (share: { metadata: object }, uid: string, day: number) => ({
      ...share,
      metadata: { ...share.metadata, uid, creationTimestamp: `2026-11-0${day}T10:00:00Z` },
    });
    const asked = await ask(
      ['explain', '--json'],
      [...platform, stored(aShare(), 'b', 1), stored(second, 'a', 2)],
    );
    expect(JSON.parse(asked.stdout)).toMatchObject([
      { share: 'weights', allowed: true, policy: 'team' },
      {
        share: 'second',
        allowed: false,
        reason: 'SecretConflict',
        message: expect.stringContaining('the Share weights made the Secret weights or was there before'),
      },
    ]);
    expect(asked.stdout).not.toContain('"secret"');
  });

  test('an object that is not valid is named by file, line and field', async () => {
    const { code, stderr, file } = await ask(['explain'], [...platform, aShare({ lifetme: '1h' })]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/unknown-field: .*:\d+ \(spec\.lifetme\)/);
    expect(stderr).toContain(file);
  });

  test('a name that is not in the files is an error', async () => {
    const { code, stderr } = await ask(['explain', 'wights'], [...platform, aShare()]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('"wights"') });
  });
});

describe('grant-store', () => {
  const teamStore = {
    apiVersion: api,
    kind: 'ShareStore',
    metadata: { name: 'bucket', namespace: 'vision' },
    spec: { profile: 'aws', region: 'eu-central-1', credentials: { secretRef: { name: 'keys' } } },
  };

  test('prints the right to read one Secret, in the store’s namespace', async () => {
    const { code, stdout } = await ask(['grant-store', 'sharestore/bucket'], [teamStore]);
    expect(code).toBe(0);
    const [role, binding] = parseAllDocuments(stdout).map((document) => document.toJS() as Fields);
    expect(role).toMatchObject({
      kind: 'Role',
      metadata: { name: 'valetkey-sharestore-bucket', namespace: 'vision' },
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['keys'], verbs: ['get'] }],
    });
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      subjects: [{ kind: 'ServiceAccount', name: 'valetkey-issuer', namespace: 'valetkey-system' }],
    });
  });

  test('a cluster’s store has its Secret beside the issuer', async () => {
    const clusterStore = { ...store, spec: { ...store.spec, credentials: { secretRef: { name: 'keys' } } } };
    const args = ['grant-store', 'cshst/models', '--issuer', 'storage/keys', '--json'];
    const { stdout } = await ask(args, [clusterStore]);
    const { items } = parse(stdout) as { readonly items: readonly Fields[] };
    expect(items).toMatchObject([
      { kind: 'Role', metadata: { namespace: 'storage' } },
      { kind: 'RoleBinding', subjects: [{ name: 'keys', namespace: 'storage' }] },
    ]);
  });

  test('a sibling that is not valid is none of its business', async () => {
    const broken = { ...store, metadata: { name: 'broken' }, spec: { ...store.spec, profile: 'nonsense' } };
    const { code } = await ask(['grant-store', 'sharestore/bucket'], [broken, teamStore]);
    expect(code).toBe(0);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a store with the issuer’s own identity',
      ['clustersharestore/models'],
      /expected secretRef, got default/,
    ],
    ['a store that is not there', ['sharestore/other'], /store-not-found/],
    ['a name without a kind', ['models'], /sharestore\/NAME/],
    ['a kind that is none', ['secret/models'], /sharestore\/NAME/],
    ['a kind that every object has', ['constructor/models'], /sharestore\/NAME/],
    ['an issuer without a namespace', ['sharestore/bucket', '--issuer', 'x'], /NAMESPACE\/NAME/],
  ])('%s is an error', async (_, args, message) => {
    const { code, stderr, stdout } = await ask(['grant-store', ...args], [teamStore, store]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
