import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { MissingEngine } from '../engine/missing-engine.ts';
import { startS3 } from './start-s3.ts';

let empty: string;

// A machine with an empty PATH and an empty cache: no weed, no python3, no go.
beforeEach(async () => {
  empty = await mkdtemp(join(tmpdir(), 'valetkey-missing-test-'));
  vi.stubEnv('PATH', empty);
  vi.stubEnv('VALETKEY_CACHE', join(empty, 'cache'));
  vi.stubEnv('VALETKEY_S3_ENDPOINT', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(empty, { recursive: true, force: true });
});

test('without any way to an S3 engine the error says what to install for either', async () => {
  const lines: string[] = [];
  const failure = await startS3({ report: (line) => lines.push(line) }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toMatch(/Install Python 3 with pip .* Or: Install Go/);
  expect(lines.join('\n')).toContain('Trying versitygw.');
});
