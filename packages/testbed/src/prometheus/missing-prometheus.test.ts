import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { MissingEngine } from '../engine/missing-engine.ts';
import { obtainPrometheus } from './prometheus-install.ts';

test('without Go the error says what to install for alerts', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'valetkey-missing-test-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(empty, { recursive: true, force: true });
  });
  vi.stubEnv('PATH', empty);
  vi.stubEnv('VALETKEY_CACHE', join(empty, 'cache'));
  const failure = await obtainPrometheus(() => undefined).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toContain('Install Go 1.26 or newer');
});
