import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KubeConfig } from '@kubernetes/client-node';
import { expect, onTestFinished, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { watchTlsMaterial } from './tls-material.ts';

test('a certificate file that is replaced gives a new digest; one rewritten alike does not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'ca.crt');
  writeFileSync(caFile, 'one');
  const config = new KubeConfig();
  const certData = Buffer.from('cert').toString('base64');
  config.loadFromClusterAndUser(
    { name: 'c', server: 'https://c', caFile, skipTLSVerify: false, tlsServerName: 'api' },
    { name: 'u', certData },
  );
  const time = createManualTime();
  const read = watchTlsMaterial(config, time);
  const first = read();
  expect(first.options).toEqual({ servername: 'api', ca: Buffer.from('one'), cert: Buffer.from('cert') });
  expect(read()).toBe(first);

  rmSync(caFile);
  writeFileSync(caFile, 'one');
  await time.advance(1_000);
  expect(read().digest).toBe(first.digest);
  rmSync(caFile);
  writeFileSync(caFile, 'other');
  await time.advance(1_000);
  expect(read().digest).not.toBe(first.digest);
});
