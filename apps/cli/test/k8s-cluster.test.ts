/** The commands that call a cluster: a real one, the real issuer under the shipped roles, users with few rights. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  controlPlane,
  freePort,
  runCommand,
  startEngine,
  startKubernetes,
  toKubeconfig,
  type ControlPlane,
  type ControlPlaneEngine,
  type EngineProcess,
} from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-k8s-cluster-'));
const base = new URL('../../../infra/kustomize/base', import.meta.url).pathname;
const selector = { matchLabels: { tier: 'ml' } };
const api = 'valetkey.dev/v1alpha1';
const tokens: string[] = [];

let engine: ControlPlaneEngine;
let cluster: ControlPlane;
let issuer: EngineProcess;

beforeAll(async () => {
  engine = await startKubernetes({ report: () => undefined });
  cluster = controlPlane(engine.description);
  await cluster.kubectl('apply', '--server-side', '-k', base);
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  await cluster.createNamespace('vision', { tier: 'ml' });
  await cluster.apply(
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...platform(), ...people()] }),
  );
  write('admin', engine.description.adminToken);
  for (const name of ['viewer', 'editor', 'reader'])
    write(name, await cluster.serviceAccountToken('vision', name));
  issuer = await startIssuer();
  await cluster.kubectl('wait', '--for=condition=Ready', 'share/weights', '-n', 'vision', '--timeout=60s');
  await cluster.kubectl('wait', '--for=condition=Stalled', 'share/denied', '-n', 'vision', '--timeout=60s');
});
afterAll(async () => {
  await issuer.stop();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

/** A kubeconfig of somebody, whose token must never be shown. */
function write(user: string, token: string, server = engine.description.server): void {
  tokens.push(token);
  writeFileSync(path.join(folder, user), toKubeconfig({ ...engine.description, server }, token), {
    mode: 0o600,
  });
}

async function as(user: string, ...args: readonly string[]) {
  const { io, written } = memoryIo({ now: new Date().toISOString() });
  const code = await run(['k8s', ...args, '--kubeconfig', path.join(folder, user)], io);
  for (const token of tokens) expect(written.stdout + written.stderr).not.toContain(token);
  return { code, ...written };
}

describe('status', () => {
  test('shows whoever may read Shares what is published until when', async () => {
    const { code, stdout } = await as('viewer', 'status', '-n', 'vision');
    expect(stdout).toMatch(/^NAME +READY +SECRET +EXPIRES +RENEWS +REASON\n/);
    expect(stdout).toMatch(/\nweights +True +weights-urls +in (1h5\dm|2h)\S* +in 1h\S+ +Issued\n/);
    expect(stdout).toMatch(/\ndenied +False +denied +- +- +KeyNotAllowed\n/);
    expect(code).toBe(1);
  });

  test('of one Share is 0 when it is Ready, and has its message', async () => {
    const { code, stdout } = await as('viewer', 'status', 'weights', '-n', 'vision');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/Issued +1 URLs are valid until/),
    });
  });

  test('of all namespaces is JSON that holds no URL', async () => {
    const { stdout } = await as('admin', 'status', '-A', '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { namespace: 'vision', name: 'denied', ready: 'False', reason: 'KeyNotAllowed' },
      { namespace: 'vision', name: 'weights', ready: 'True', secret: 'weights-urls', policy: 'models' },
    ]);
    expect(stdout).not.toContain('X-Amz');
  });

  test('of a namespace without Shares says so', async () => {
    expect(await as('admin', 'status', '-n', 'default')).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('there is no Share'),
    });
  });

  test('of what one may not see names the missing right', async () => {
    const { code, stderr } = await as('viewer', 'status', '-A');
    expect(code).toBe(1);
    expect(stderr).toMatch(/cluster-refused: .*viewer" cannot list resource "shares"/);
  });

  test('of a Share that is not there says so', async () => {
    const { code, stderr } = await as('viewer', 'status', 'wights', '-n', 'vision');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not-found.*"wights" not found/),
    });
  });
});

describe('renew', () => {
  test('is answered by the issuer', { timeout: 60_000 }, async () => {
    const before = await statusOf('weights');
    const { code, stdout, stderr } = await as('editor', 'renew', 'weights', '-n', 'vision');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^renewed: weights, valid until \d{4}-/);
    expect(Number((await statusOf('weights'))['revision'])).toBe(Number(before['revision']) + 1);
  });

  test('of what nothing allows ends at once with the reason', async () => {
    const { code, stderr } = await as('editor', 'renew', 'denied', '-n', 'vision');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not renewed, .*KeyNotAllowed/),
    });
  });

  test('takes the right to patch Shares', async () => {
    const { code, stderr } = await as('viewer', 'renew', 'weights', '-n', 'vision');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot patch resource "shares"/),
    });
  });

  test.each([['forever'], ['-1'], ['1.5h']])('does not take --timeout %s', async (timeout) => {
    expect(await as('editor', 'renew', 'weights', '-n', 'vision', `--timeout=${timeout}`)).toMatchObject({
      code: 2,
    });
  });
});

describe('explain', () => {
  test('decides as the issuer did', async () => {
    const allowed = await as('admin', 'explain', 'weights', '-n', 'vision');
    expect(allowed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('admitted by SharePolicy models\n'),
    });
    const denied = await as('admin', 'explain', 'denied', '-n', 'vision');
    expect(denied).toMatchObject({ code: 1, stdout: expect.stringMatching(/not admitted: KeyNotAllowed: /) });
  });

  test(
    'is not kept from it by somebody else’s object, stored before a rule that it breaks',
    { timeout: 60_000 },
    async () => {
      const region = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/region/pattern';
      const crd = 'customresourcedefinition/clustersharestores.valetkey.dev';
      const loosened = JSON.stringify([{ op: 'remove', path: region }]);
      await cluster.kubectl('patch', crd, '--type=json', `--patch=${loosened}`);
      const odd = {
        apiVersion: api,
        kind: 'ClusterShareStore',
        metadata: { name: 'odd' },
        spec: { profile: 'aws', region: 'NOWHERE', credentials: { default: {} } },
      };
      const stores = '/apis/valetkey.dev/v1alpha1/clustersharestores';
      await expect
        .poll(async () => (await cluster.request('POST', stores, odd)).status, { timeout: 30_000 })
        .toBe(201);
      await cluster.kubectl('apply', '--server-side', '--force-conflicts', '-k', base);
      expect(await as('admin', 'explain', 'weights', '-n', 'vision')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('admitted by SharePolicy models\n'),
      });
    },
  );

  test('says which other Share has its Secret, and what the issuer met under its name', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'taken', namespace: 'vision' } };
    const shares = [aShare('rival', 'vision/rival', 'weights-urls'), aShare('taken', 'vision/taken')];
    await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, ...shares] }));
    const conflict = 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=SecretConflict';
    const names = ['share/rival', 'share/taken'];
    await cluster.kubectl('wait', `--for=${conflict}`, ...names, '-n', 'vision', '--timeout=60s');
    expect(await as('admin', 'explain', 'rival', '-n', 'vision')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not admitted: SecretConflict: the Share weights made the Secret'),
    });
    expect(await as('admin', 'explain', 'taken', '-n', 'vision')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /admitted by SharePolicy models\nIts Secret is not written: SecretConflict: a Secret taken that is not/,
      ),
    });
    expect(await as('admin', 'explain', 'weights', '-n', 'vision')).toMatchObject({ code: 0 });
    await cluster.kubectl('delete', 'secret/taken', ...names, '-n', 'vision');
  });

  test('tells whoever may not list Shares the rest, and what it could not look at', async () => {
    expect(await as('reader', 'explain', 'weights', '-n', 'vision')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /admitted by SharePolicy models\nNot looked at: whether another Share keeps the Secret weights-urls: .*reader" cannot list resource "shares".*\n[^]*models +allows/,
      ),
      stderr: '',
    });
    const asJson = await as('reader', 'explain', 'denied', '-n', 'vision', '--json');
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject([
      { reason: 'KeyNotAllowed', notLookedAt: [expect.stringContaining('the Secret denied: ')] },
    ]);
    const all = await as('admin', 'explain', 'weights', '-n', 'vision', '--json');
    expect(all.stdout).not.toContain('notLookedAt');
  });

  test('takes the right to read policies', async () => {
    const { code, stderr } = await as('viewer', 'explain', 'weights', '-n', 'vision');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /cannot list resource "(sharepolicies|clustersharestores)"|cannot get resource "namespaces"/,
    );
  });

  test('without a name or files says what is missing', async () => {
    expect(await as('admin', 'explain')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a name, or -f'),
    });
  });
});

describe('grant-store', () => {
  test('what it prints lets the issuer read that Secret and no other', async () => {
    const may = async (name: string) =>
      (
        await cluster
          .kubectl('auth', 'can-i', 'get', `secret/${name}`, '-n', 'vision', '--as', issuerName)
          .catch(() => 'no')
      ).trim();
    expect(await may('team-keys')).toBe('no');
    const { code, stdout } = await as('viewer', 'grant-store', 'sharestore/team', '-n', 'vision');
    expect(code).toBe(0);
    await cluster.apply(stdout);
    expect(await may('team-keys')).toBe('yes');
    expect(await may('other-keys')).toBe('no');
  });
});

describe('without a cluster', () => {
  test('that answers, the address and the flags are named', async () => {
    write('away', 'some-token', `https://127.0.0.1:${await freePort()}`);
    const { code, stderr } = await as('away', 'status');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cluster-unavailable.*ECONNREFUSED.*--kubeconfig/),
    });
  });

  test('that knows the caller, it says so', async () => {
    write('stranger', 'wrong-token');
    const { code, stderr } = await as('stranger', 'status');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cluster-refused.*Log in/),
    });
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a context that is not there',
      ['--context', 'prod'],
      /--context: expected one of "testbed", got "prod"/,
    ],
    ['another file that is not there', ['--kubeconfig', '/nonexistent/config'], /ENOENT/],
  ])('%s is an error', async (_, args, message) => {
    const { io, written } = memoryIo();
    const kubeconfig = args.includes('--kubeconfig') ? [] : ['--kubeconfig', path.join(folder, 'admin')];
    expect(await run(['k8s', 'status', ...kubeconfig, ...args], io)).toBe(2);
    expect(written.stderr).toMatch(message);
  });

  test('a file that is no kubeconfig is not quoted', async () => {
    writeFileSync(path.join(folder, 'broken'), 'users: [{ token: canary-token');
    const { code, stderr } = await as('broken', 'status');
    expect(code).toBe(2);
    expect(stderr).not.toContain('canary');
  });

  test('no kubeconfig at all is told with the places that were looked at', async () => {
    const { io, written } = memoryIo();
    expect(await run(['k8s', 'status'], io)).toBe(2);
    expect(written.stderr).toContain('--kubeconfig, KUBECONFIG, ~/.kube/config or a pod');
  });

  test('several files of KUBECONFIG are one', async () => {
    writeFileSync(path.join(folder, 'empty'), JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
    const KUBECONFIG = [path.join(folder, 'viewer'), path.join(folder, 'empty')].join(path.delimiter);
    const { io, written } = memoryIo({ environment: { KUBECONFIG } });
    expect(await run(['k8s', 'status', 'weights', '-n', 'vision'], io)).toBe(0);
    expect(written.stdout).toContain('weights-urls');
  });
});

test('kubectl finds it as its plugin', { timeout: 60_000 }, async () => {
  const entry = new URL('../bin/kubectl-valetkey-dev.ts', import.meta.url).pathname;
  const plugin = `#!/bin/sh\nexec '${process.execPath}' --conditions=@valetkey/source '${entry}' "$@"\n`;
  writeFileSync(path.join(folder, 'kubectl-valetkey'), plugin, { mode: 0o755 });
  const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, KUBECONFIG: path.join(folder, 'viewer') };
  const args = ['valetkey', 'status', 'weights', '-n', 'vision'];
  expect(await runCommand(engine.description.kubectl, args, { env })).toMatch(
    /\nweights +True +weights-urls /,
  );
});

describe('when the issuer is gone', () => {
  beforeAll(() => issuer.stop());

  test('renew gives up after its time and says what it saw', async () => {
    const { code, stderr } = await as('editor', 'renew', 'weights', '-n', 'vision', '--timeout', '1s');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not renewed, not within 1 s: Issued/),
    });
  });

  test('renew --no-wait only asks', async () => {
    expect(await as('editor', 'renew', 'weights', '-n', 'vision', '--no-wait')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const annotations = await cluster.kubectl(
      'get',
      'share',
      'weights',
      '-n',
      'vision',
      '-o',
      'jsonpath={.metadata.annotations}',
    );
    expect(annotations).toContain('renew-requested-at');
  });

  test('an interrupted wait is an interruption', async () => {
    const { io } = memoryIo({ interrupted: AbortSignal.timeout(700), now: '2027-01-01T00:00:00Z' });
    const args = ['k8s', 'renew', 'weights', '-n', 'vision', '--kubeconfig', path.join(folder, 'editor')];
    expect(await run(args, io)).toBe(130);
  });
});

async function statusOf(name: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await cluster.kubectl('get', 'share', name, '-n', 'vision', '-o', 'jsonpath={.status}');
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

const issuerName = 'system:serviceaccount:valetkey-system:valetkey-issuer';

async function startIssuer(): Promise<EngineProcess> {
  write('issuer', await cluster.serviceAccountToken('valetkey-system', 'valetkey-issuer'));
  const port = await freePort();
  const main = new URL('../../k8s-issuer/src/main.ts', import.meta.url).pathname;
  return startEngine({
    name: 'k8s-issuer',
    command: process.execPath,
    args: [
      '--conditions=@valetkey/source',
      main,
      '--kubeconfig',
      path.join(folder, 'issuer'),
      '--listen',
      `127.0.0.1:${port}`,
    ],
    env: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary-secret-key' },
    folder,
    ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    stopGraceMs: 10_000,
  });
}

const storeRef = { kind: 'ClusterShareStore', name: 'models' };

function aShare(name: string, key: string, secretName?: string): object {
  const target = secretName === undefined ? {} : { secretName };
  return {
    apiVersion: api,
    kind: 'Share',
    metadata: { name, namespace: 'vision' },
    spec: { storeRef, bucket: 'models', objects: [{ name: 'weights', key }], lifetime: '2h', target },
  };
}

function platform(): readonly object[] {
  return [
    {
      apiVersion: api,
      kind: 'ClusterShareStore',
      metadata: { name: 'models' },
      spec: {
        profile: 'aws',
        region: 'eu-central-1',
        credentials: { default: {} },
        allowedNamespaces: { selector },
      },
    },
    {
      apiVersion: api,
      kind: 'SharePolicy',
      metadata: { name: 'models' },
      spec: {
        namespaces: { selector },
        stores: [storeRef],
        buckets: ['models'],
        actions: ['download'],
        keys: ['{namespace}/{rest}'],
        lifetime: { default: '1h', max: '4h' },
      },
    },
    {
      apiVersion: api,
      kind: 'ShareStore',
      metadata: { name: 'team', namespace: 'vision' },
      spec: { profile: 'aws', region: 'eu-central-1', credentials: { secretRef: { name: 'team-keys' } } },
    },
    aShare('weights', 'vision/v3/weights.bin', 'weights-urls'),
    aShare('denied', 'audio/v3/weights.bin'),
  ];
}

/** The shipped roles, bound in one namespace; there is no controller here that would aggregate them. */
function people(): readonly object[] {
  const bind = (user: string, role: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `${user}-${role}`, namespace: 'vision' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: user, namespace: 'vision' }],
  });
  // One Share by its name, and the platform's objects.
  const rules = [
    { apiGroups: ['valetkey.dev'], resources: ['shares'], verbs: ['get'] },
    { apiGroups: ['valetkey.dev'], resources: ['sharepolicies', 'clustersharestores'], verbs: ['list'] },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  ];
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name: 'reader' };
  const reader = [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'vision' }],
    },
  ];
  const accounts = ['viewer', 'editor', 'reader'].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'vision' },
  }));
  return [
    ...accounts,
    ...reader,
    bind('viewer', 'valetkey-view'),
    bind('editor', 'valetkey-view'),
    bind('editor', 'valetkey-edit'),
  ];
}
