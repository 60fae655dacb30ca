import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KubeConfig } from '@kubernetes/client-node';
import { expect, onTestFinished, test } from 'vitest';

import { realTimers } from '../runtime/timer.ts';
import { toAuthorization } from './authorization.ts';
import { loadClusterAccess } from './cluster-access.ts';

const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'config');
  writeFileSync(file, text);
  return file;
}

function aKubeconfig({ user = {}, cluster = {}, current = 'there' } = {}): string {
  return aFile(
    JSON.stringify({
      'current-context': current,
      contexts: [
        { name: 'elsewhere', context: { cluster: 'other', user: 'other' } },
        { name: 'there', context: { cluster: 'c', user: 'u', namespace: 'n' } },
      ],
      clusters: [
        { name: 'other', cluster: { server: 'https://other' } },
        { name: 'c', cluster: { server: 'https://there:6443/', ...cluster } },
      ],
      users: [
        { name: 'other', user: { token: 'other' } },
        { name: 'u', user },
      ],
    }),
  );
}

test.each([
  ['a token', { user: { token: 'abc' } }],
  ['a password', { user: { username: 'u', password: 'p' } }],
  ['certificates in it', { user: { 'client-certificate-data': 'YQ==', 'client-key-data': 'Yg==' } }],
  [
    'files beside it and elsewhere',
    {
      user: { 'client-certificate': 'pki/u.crt', 'client-key': '/etc/u.key' },
      cluster: { 'certificate-authority': 'ca.crt', 'tls-server-name': 'api' },
    },
  ],
  ['another user to be', { user: { token: 'abc', as: 'somebody' } }],
  ['no check of certificates', { cluster: { 'insecure-skip-tls-verify': true } }],
  ['no such context', { current: 'nowhere' }],
  ['a command', { user: { exec: { command: 'true', apiVersion: 'v1' } } }],
])('a kubeconfig with %s says what it says to client-node', (_, content) => {
  const file = aKubeconfig(content);
  const whole = new KubeConfig();
  whole.loadFromFile(file);
  const access = loadClusterAccess(file, pod);
  expect(access.getCurrentCluster()).toEqual(whole.getCurrentCluster());
  expect(access.getCurrentUser()).toEqual(whole.getCurrentUser());
});

test('a kubeconfig may be YAML', () => {
  const file = aFile(
    [
      'current-context: a',
      'contexts: [{ name: a, context: { cluster: c, user: u } }]',
      'clusters:',
      '- { name: c, cluster: { server: https://c } } # the only one',
      'users: [{ name: u, user: { token: "1" } }]',
    ].join('\n'),
  );
  expect(loadClusterAccess(file, {}).getCurrentCluster()).toMatchObject({ server: 'https://c' });
});

test('a command of a kubeconfig is asked for the token', async () => {
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'of-the-command' },
  };
  const exec = {
    apiVersion: credential.apiVersion,
    command: process.execPath,
    args: ['-p', JSON.stringify(JSON.stringify(credential))],
  };
  const access = loadClusterAccess(aKubeconfig({ user: { exec } }), pod);
  expect(await toAuthorization(access, realTimers).header()).toBe('Bearer of-the-command');
});

test.each([
  ['10.0.0.1', 'https://10.0.0.1:443'],
  ['fd00::1', 'https://[fd00::1]:443'],
])('without a kubeconfig it is the cluster of the Pod, at %s', (host, server) => {
  const access = loadClusterAccess(undefined, { ...pod, KUBERNETES_SERVICE_HOST: host });
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  expect(access.getCurrentCluster()).toMatchObject({
    server,
    caFile: `${folder}/ca.crt`,
    skipTLSVerify: false,
  });
  expect(access.getCurrentUser()).toMatchObject({
    authProvider: { config: { tokenFile: `${folder}/token` } },
  });
});

test.each([
  ['no file and no Pod', () => undefined],
  ['a file that is missing', () => '/nowhere/kubeconfig'],
  ['a file that is no YAML', () => aFile('a: [')],
  ['an entry without a server', () => aKubeconfig({ cluster: { server: undefined } })],
])('%s is refused', (_, file) => {
  expect(() => loadClusterAccess(file(), {})).toThrow(
    expect.objectContaining({ code: 'invalid-configuration', field: '--kubeconfig' }),
  );
});

test('the issuer does not load the classes that client-node generates', () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      '--conditions=@valetkey/source',
      `--import=data:text/javascript,${encodeURIComponent(hook)}`,
      new URL('../main.ts', import.meta.url).pathname,
      '--help',
    ],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  const loaded = stderr.split('\n');
  expect(loaded.some((url) => url.endsWith('/config_types.js'))).toBe(true);
  expect(loaded.filter((url) => url.includes('/client-node/dist/gen/'))).toEqual([]);
});
