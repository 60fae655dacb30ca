import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { MissingEngine } from '../engine/missing-engine.ts';
import { obtainChromium } from './obtain-chromium.ts';

let empty: string;
let lines: string[];
const obtain = () => obtainChromium((line) => lines.push(line));

// A machine with an empty PATH and an empty cache: no browser, no tar.
beforeEach(async () => {
  lines = [];
  empty = await mkdtemp(join(tmpdir(), 'valetkey-chromium-test-'));
  vi.stubEnv('PATH', empty);
  vi.stubEnv('VALETKEY_CACHE', join(empty, 'cache'));
  vi.stubEnv('CHROMIUM_PATH', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(empty, { recursive: true, force: true });
});

const program = async (name: string, script: string): Promise<string> => {
  const path = join(empty, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
};

test('without any Chromium the error says what to do, and nothing is left in the cache', async () => {
  const failure = await obtain().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MissingEngine);
  expect(String(failure)).toMatch(
    /^MissingEngine: Chromium is missing. Looked for: CHROMIUM_PATH; .* Set CHROMIUM_PATH .* or install chromium\. What was tried ended so: tar could not be started$/,
  );
  expect(await readdir(join(empty, 'cache'))).toEqual([]);
});

test('elsewhere than on Linux on x64 it names the platform', async () => {
  vi.spyOn(process, 'arch', 'get').mockReturnValue('arm64');
  await expect(obtain()).rejects.toThrow(`a packaged Chromium for ${process.platform}-arm64`);
});

test('a CHROMIUM_PATH that names no program is an error, whatever else is there', async () => {
  await program('chromium', 'exit 0');
  vi.stubEnv('CHROMIUM_PATH', join(empty, 'absent'));
  await expect(obtain()).rejects.toThrow(`CHROMIUM_PATH=${join(empty, 'absent')}, which is no executable`);
});

test('CHROMIUM_PATH goes before PATH', async () => {
  await program('chromium', 'exit 0');
  await mkdir(join(empty, 'own'));
  const own = await program('own/chrome', 'exit 0');
  vi.stubEnv('CHROMIUM_PATH', own);
  expect((await obtain()).executablePath).toBe(own);
});

test('a program on PATH that does not run is passed over and reported', async () => {
  const stub = await program('chromium', 'echo "install the snap"; exit 1');
  const chrome = await program('google-chrome', 'exit 0');
  expect((await obtain()).executablePath).toBe(chrome);
  expect(lines.join('\n')).toContain(`${stub} does not run: `);
  expect(lines.join('\n')).toContain('install the snap');
});
