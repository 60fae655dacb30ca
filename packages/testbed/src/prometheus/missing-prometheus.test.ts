import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { MissingEngine } from '../engine/missing-engine.ts';
import { obtainPrometheus } from './prometheus-install.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'valetkey-missing-test-'));
  await mkdir(join(folder, 'bin'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('VALETKEY_CACHE', join(folder, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const obtain = () => obtainPrometheus(() => undefined).catch((error: unknown) => error);

test('without Go the error says what to install for alerts', async () => {
  const failure = await obtain();
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toMatch(/Install Go 1\.26 or newer .*; it builds promtool once\.$/);
});

test('with a Go that cannot build them the error says what it said', async () => {
  const script = '#!/bin/sh\necho "dial tcp: no such host" >&2\nexit 1\n';
  await writeFile(join(folder, 'bin/go'), script, { mode: 0o755 });
  const failure = await obtain();
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toMatch(
    /Install Go 1\.26.* What was tried ended so: go ended with 1:\n.*no such host/s,
  );
});
