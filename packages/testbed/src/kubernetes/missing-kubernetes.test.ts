import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { MissingEngine } from '../engine/missing-engine.ts';
import { startKubernetes } from './start-kubernetes.ts';

test('without Go the error says what to install for a control plane', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'valetkey-missing-test-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(empty, { recursive: true, force: true });
  });
  vi.stubEnv('PATH', empty);
  vi.stubEnv('VALETKEY_CACHE', join(empty, 'cache'));
  for (const name of ['KUBEBUILDER_ASSETS', 'TEST_ASSET_ETCD']) vi.stubEnv(name, undefined);
  const failure = await startKubernetes({ report: () => undefined }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toContain('Install Go 1.26 or newer');
});
