/** What happens to a service whose files change under it. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from 'vitest';

import { ask, configurationFolder, nowhere, originOf, runSigner } from './signer-under-test.ts';

const patience = { timeout: 15_000, interval: 100 };

async function started() {
  const { file, token } = await configurationFolder(nowhere);
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.server.metrics = { listen: '127.0.0.1:0' };
  await writeFile(file, JSON.stringify(configuration));
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const metricsOrigin = /"metrics":"(http:[^"]+)"/.exec(signer.output())?.[1] ?? '';
  const metrics = async () => (await fetch(`${metricsOrigin}/metrics`)).text();
  // At once: of a file that is written where it lies the service may read the half, which is another change.
  const replace = async (text: string) => {
    await writeFile(`${file}.next`, text);
    await rename(`${file}.next`, file);
  };
  const change = async (keys: readonly string[]) => {
    configuration.policies[0].keys = keys;
    await replace(JSON.stringify(configuration));
  };
  return { token, signer, origin, metrics, replace, change };
}

const items = (answer: unknown) => (answer as { items: readonly { problem?: { code: string } }[] }).items;
const codeFor = async (origin: string, token: string, key: string) => {
  const response = await ask(origin, token, { policy: 'files', items: [{ key }] });
  return items(await response.json())[0]?.problem?.code ?? 'allowed';
};

test('a changed file is in force without a restart', async () => {
  const { origin, token, change, metrics, signer } = await started();
  expect(await codeFor(origin, token, 'new/a')).toBe('forbidden');
  await change(['new/{any}']);
  await expect.poll(() => codeFor(origin, token, 'new/a'), patience).toBe('allowed');
  expect(await codeFor(origin, token, 'files/a')).toBe('forbidden');
  expect(signer.output()).toContain('configuration applied');
  expect(await metrics()).toContain('valetkey_signer_configuration_reloads_total{result="applied"} 1');
});

test('SIGHUP reads it at once', async () => {
  const { origin, token, change, signer } = await started();
  await change(['new/{any}']);
  signer.child.kill('SIGHUP');
  await expect.poll(() => codeFor(origin, token, 'new/a'), patience).toBe('allowed');
});

test.each([
  ['is no YAML', 'stores: [', /valetkey\.yaml:1/],
  ['has an unknown field', '{\n"nonsense":1}', /valetkey\.yaml:\d+ /],
  ['is empty', '', /valetkey\.yaml/],
])('while the file %s the last good one stays, with the reason in the log', async (_title, text, reason) => {
  const { origin, token, signer, metrics, replace, change } = await started();
  await replace(text);
  await expect
    .poll(() => signer.output(), patience)
    .toContain('configuration refused, the last good one stays');
  expect(signer.output()).toMatch(reason);
  expect(await codeFor(origin, token, 'files/a')).toBe('allowed');
  const refused = await metrics();
  expect(refused).toContain('valetkey_signer_configuration_reloads_total{result="refused"} 1');
  expect(refused).toContain('valetkey_signer_configuration_current 0');
  await change(['new/{any}']);
  await expect.poll(() => codeFor(origin, token, 'new/a'), patience).toBe('allowed');
  expect(await metrics()).toContain('valetkey_signer_configuration_current 1');
});

test('a ConfigMap that the kubelet turns to a new folder is followed', async () => {
  const { folder, file, token } = await configurationFolder(nowhere);
  const mount = path.join(folder, 'mount');
  // From the folder of the link that was named, which stays when the one behind it changes.
  const text = (await readFile(file, 'utf8'))
    .replace('"file": "secrets"', '"file": "../secrets"')
    .replace('"path": "credentials.json"', '"path": "../credentials.json"');
  const publish = async (version: string, content: string) => {
    await mkdir(path.join(mount, version), { recursive: true });
    await writeFile(path.join(mount, version, 'valetkey.yaml'), content);
    await symlink(version, path.join(mount, '..data_tmp'));
    await rename(path.join(mount, '..data_tmp'), path.join(mount, '..data'));
  };
  await publish('..2026_01', text);
  await symlink('..data/valetkey.yaml', path.join(mount, 'valetkey.yaml'));
  const signer = runSigner(['--config', path.join(mount, 'valetkey.yaml')]);
  const origin = await originOf(signer);
  expect(await codeFor(origin, token, 'files/a')).toBe('allowed');
  await publish('..2026_02', text.replace('files/{any}', 'new/{any}'));
  await expect.poll(() => codeFor(origin, token, 'new/a'), patience).toBe('allowed');
});

test('a new secret comes into force, and what was begun under the one before it goes on', async () => {
  const { folder, file, token } = await configurationFolder(nowhere);
  const configuration = JSON.parse(await readFile(file, 'utf8'));
  configuration.policies[0] = {
    ...configuration.policies[0],
    actions: ['upload'],
    keys: ['files/{uuid}'],
    upload: { maxSize: '1Mi' },
  };
  await writeFile(file, JSON.stringify(configuration));
  const signer = runSigner(['--config', file]);
  const origin = await originOf(signer);
  const post = async (route: string, body: object) => {
    const response = await fetch(`${origin}/v1/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return response.json();
  };
  const begin = async () => {
    const newFile = { ref: 'a', nonce: 'n'.repeat(16), name: 'a.txt', bytes: 1, type: 'text/plain' };
    const { uploads } = (await post('uploads', { policy: 'files', files: [newFile] })) as {
      uploads: [{ id: string }];
    };
    return uploads[0].id;
  };
  const kidOf = (id: string) => JSON.parse(Buffer.from(id.split('.')[0] ?? '', 'base64url').toString()).kid;
  const sign = async (id: string) =>
    items(await post('uploads/sign', { items: [{ id }] }))[0]?.problem?.code ?? 'signed';
  const rotate = async () => {
    const before = kidOf(await begin());
    const secrets = path.join(folder, 'secrets');
    const old = await readFile(secrets, 'utf8');
    await writeFile(secrets, `${randomBytes(32).toString('base64')}\n${old}`);
    await expect.poll(async () => kidOf(await begin()), patience).not.toBe(before);
  };
  const first = await begin();
  await rotate();
  expect(await sign(first)).toBe('signed');
  await rotate();
  expect(await sign(first)).not.toBe('signed');
  expect(await sign(await begin())).toBe('signed');
});
