/** The commands of the guides on credentials and CloudFront, run with the configurations that stand beside them. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, expect, test, vi } from 'vitest';

import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-guides-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const read = (guide: string) =>
  readFileSync(new URL(`../../../docs/guides/${guide}.md`, import.meta.url), 'utf8');

async function runCommand(text: string) {
  const command = /^valetkey (.*)$/m.exec(text)?.[1] ?? '';
  const args = command.split(' ').map((word) => (word === 'valetkey.yaml' ? path.join(folder, word) : word));
  const { io, written } = memoryIo({ environment: process.env });
  const code = await run(args, io);
  return { code, ...written };
}

test('"Which credentials": the command with a profile signs with its keys', async () => {
  const file = path.join(folder, 'credentials');
  writeFileSync(file, '[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = shh\n');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'none'));
  const { code, stdout, stderr } = await runCommand(read('credentials-and-lifetime'));
  expect([code, stderr]).toEqual([0, '']);
  const { host, searchParams } = new URL(stdout);
  expect([
    host,
    searchParams.get('X-Amz-Credential')?.split('/')[0],
    searchParams.get('X-Amz-Expires'),
  ]).toEqual(['user-media.s3.eu-central-1.amazonaws.com', 'AKIADEV', '3600']);
});

test('"S3 or CloudFront": the command gives a URL of the distribution', async () => {
  const guide = read('s3-or-cloudfront');
  const key = path.join(folder, 'cloudfront.pem');
  // As `openssl ecparam -genkey` writes it.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(key, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  const yaml = /^ *```yaml\n([\s\S]*?)```/m.exec(guide)?.[1] ?? '';
  writeFileSync(path.join(folder, 'valetkey.yaml'), yaml.replace('/run/secrets/cloudfront.pem', key));
  const { code, stdout, stderr } = await runCommand(guide);
  expect([code, stderr]).toEqual([0, '']);
  const { origin, pathname, searchParams } = new URL(stdout);
  expect([origin, pathname, searchParams.get('Key-Pair-Id')]).toEqual([
    'https://d111111abcdef8.cloudfront.net',
    '/films/a.mp4',
    'K2JCJMDEHXQW5F',
  ]);
});
