/** What the guides of the service show is what works. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { controlPlane, requireEngine } from '@valetkey/testbed';
import { describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';

import { loadSettings } from '../src/settings.ts';
import { configurationFolder, nowhere, runSigner } from './signer-under-test.ts';

const read = (name: string) => readFile(new URL(`../../../docs/guides/${name}.md`, import.meta.url), 'utf8');
const blocks = async (name: string, language: string) =>
  [...(await read(name)).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );

const digest = createHash('sha256').update(randomBytes(32).toString('hex')).digest('hex');

/** A file of it, with a secret where the guide says that one is, and a digest where it says that one goes. */
async function write(configuration: string | object): Promise<string> {
  const { folder, file } = await configurationFolder(nowhere);
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration);
  const receipts = path.join(folder, 'receipts');
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(receipts, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const keyPlaced = text.replaceAll('/run/secrets/receipts', receipts);
  const placed = keyPlaced.replaceAll(/\/run\/secrets\/\w+/g, path.join(folder, 'secrets'));
  await writeFile(file, placed.replaceAll('SHA-256-OF-YOUR-TOKEN', digest));
  return file;
}

test('the whole file of "Run the signing service" is valid', async () => {
  const [whole = ''] = await blocks('run-the-signing-service', 'yaml');
  expect(whole).toMatch(/^# valetkey\.yaml/);
  const signer = runSigner(['--config', await write(whole), '--check']);
  await signer.ended;
  expect(signer.output()).toBe('valid: 1 stores, 1 policies\n');
});

describe('every part of a file that a guide shows is valid in its place', () => {
  test.each(['run-the-signing-service', 'who-may-upload', 'trust-the-receipt'])('%s', async (guide) => {
    const [whole = ''] = await blocks('run-the-signing-service', 'yaml');
    const parts = (await blocks(guide, 'yaml')).filter((text) => text.startsWith('# in '));
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      const configuration = parse(whole);
      const [policy] = configuration.policies;
      const limited = {
        ...policy,
        name: 'public',
        subjects: [{ kind: 'anonymous' }],
        rateLimit: { requests: '9/1m' },
      };
      const forWorkloads = {
        ...policy,
        name: 'workers',
        subjects: [{ kind: 'serviceAccount' }],
        keys: ['{namespace}/{uuid}'],
      };
      configuration.policies = [policy, limited, forWorkloads];
      if (part.startsWith('# in server:')) Object.assign(configuration.server, parse(part));
      else Object.assign(policy, parse(part));
      const settings = await loadSettings(await write(configuration), {});
      expect(settings.policies).toHaveLength(3);
    }
  });
});

test('the process takes what "CORS, once and right" shows of the service', async () => {
  const [whole = ''] = await blocks('run-the-signing-service', 'yaml');
  const [part = '', ...others] = await blocks('cors', 'yaml');
  expect(others).toEqual([]);
  const configuration = parse(whole);
  Object.assign(configuration.server, parse(part).server);
  const file = await write(configuration);
  const signer = runSigner(['--config', file, '--check']);
  await signer.ended;
  expect(signer.output()).toBe('valid: 1 stores, 1 policies\n');
  expect((await loadSettings(file, {})).server.corsOrigins).toEqual([
    'https://app.example.com',
    'http://localhost:5173',
  ]);
});

test('the cluster takes what "Who may upload" shows of Kubernetes', async () => {
  const cluster = controlPlane(requireEngine(inject('engines'), 'kubernetes'));
  const { folder } = await configurationFolder(nowhere);
  const manifests = (await blocks('who-may-upload', 'yaml')).filter((text) => text.startsWith('apiVersion:'));
  expect(manifests).toHaveLength(2);
  for (const [index, manifest] of manifests.entries()) {
    const file = path.join(folder, `${index}.yaml`);
    await writeFile(file, manifest);
    expect(await cluster.kubectl('apply', '--dry-run=server', '-f', file)).toMatch(
      /created \(server dry run\)/,
    );
  }
});

test('the backend of "Trust the receipt" is the example that is run', async () => {
  const [code] = await blocks('trust-the-receipt', 'ts');
  const example = new URL('../../../examples/receipt/backend.ts', import.meta.url);
  expect(code).toBe(await readFile(example, 'utf8'));
});
