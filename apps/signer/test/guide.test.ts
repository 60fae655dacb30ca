import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from 'vitest';

import { configurationFolder, runSigner } from './signer-under-test.ts';

const guide = new URL('../../../docs/guides/upload-from-a-browser.md', import.meta.url);

test('the configuration of the guide is valid as it stands, but for the place of its secrets', async () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(await readFile(guide, 'utf8'))?.[1] ?? '';
  const { folder, file } = await configurationFolder({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKeyId: 'unused',
    secretAccessKey: 'unused',
  });
  await writeFile(file, yaml.replace('/run/secrets/valetkey', path.join(folder, 'secrets')));
  const signer = runSigner(['--config', file, '--check']);
  expect(await signer.ended).toBe(0);
  expect(signer.output()).toBe('valid: 1 stores, 1 policies\n');
});
