import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from 'vitest';

import { configurationFolder, runSigner } from './signer-under-test.ts';

const guide = new URL('../../../docs/guides/upload-from-a-browser.md', import.meta.url);

async function checked(change: (yaml: string) => string) {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(await readFile(guide, 'utf8'))?.[1] ?? '';
  const { folder, file } = await configurationFolder({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKeyId: 'unused',
    secretAccessKey: 'unused',
  });
  await writeFile(file, change(yaml.replace('/run/secrets/valetkey', path.join(folder, 'secrets'))));
  const signer = runSigner(['--config', file, '--check']);
  return { status: await signer.ended, output: signer.output() };
}

const withDigest = (digest: string) => (yaml: string) => yaml.replace('SHA-256-OF-YOUR-TOKEN', digest);

test('the configuration of the guide is valid but for the place of its secrets and the digest of its token', async () => {
  const digest = createHash('sha256').update('a token of its own').digest('hex');
  const outcome = { status: 0, output: 'valid: 1 stores, 1 policies\n' };
  expect(await checked(withDigest(digest))).toEqual(outcome);
});

test('as it stands, or with a digest of what everybody knows, it is refused with how to make one', async () => {
  const known = [
    'SHA-256-OF-YOUR-TOKEN',
    ...['', 'test'].map((text) => createHash('sha256').update(text).digest('hex')),
  ];
  for (const digest of known) {
    const { status, output } = await checked(withDigest(digest));
    expect(status).toBe(2);
    expect(output).toMatch(
      /invalid-configuration: .*:\d+ server\.auth\[0\]\.sha256: .*printf %s "\$TOKEN" \| sha256sum/,
    );
  }
});
