import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { installOnce } from './install-once.ts';

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'valetkey-install-test-'));
  vi.stubEnv('VALETKEY_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

const buildOf = (content: string) => (part: string) => writeFile(join(part, 'tool'), content);
const neverBuild = () => Promise.reject(new Error('built again'));

/** The id of a process that has ended and been waited for. */
const deadPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return Number(child.pid);
};

test('builds once and then answers from the cache', async () => {
  const folder = await installOnce('tool-1', buildOf('one'));
  expect(await installOnce('tool-1', neverBuild)).toBe(folder);
  expect(await readFile(join(folder, 'tool'), 'utf8')).toBe('one');
  expect(await readdir(cache)).toEqual(['tool-1']);
});

test('callers at the same time get one build', async () => {
  let builds = 0;
  const build = async (part: string): Promise<void> => {
    builds += 1;
    await buildOf('one')(part);
  };
  const folders = await Promise.all([1, 2, 3].map(() => installOnce('tool-1', build)));
  expect([builds, new Set(folders).size]).toEqual([1, 1]);
});

test('the folder has its name only when it is complete', async () => {
  await installOnce('tool-1', async (part) => {
    await buildOf('half')(part);
    await expect(access(join(cache, 'tool-1'))).rejects.toThrow('ENOENT');
  });
});

test('a failed build leaves nothing and is tried again', async () => {
  const build = async (part: string): Promise<void> => {
    await buildOf('half')(part);
    throw new Error('no compiler');
  };
  await expect(installOnce('tool-1', build)).rejects.toThrow('no compiler');
  expect(await readdir(cache)).toEqual([]);
  await installOnce('tool-1', buildOf('whole'));
});

test('takes over from a builder that died, and clears its part folder away', async () => {
  const pid = await deadPid();
  await writeFile(join(cache, 'tool-1.lock'), String(pid));
  await mkdir(join(cache, `tool-1.part-${pid}`));
  await installOnce('tool-1', buildOf('one'));
  expect(await readdir(cache)).toEqual(['tool-1']);
});

test('takes over from a lock whose process id now belongs to another process', async () => {
  const lock = join(cache, 'tool-1.lock');
  await writeFile(lock, String(process.ppid));
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(lock, longAgo, longAgo);
  await installOnce('tool-1', buildOf('one'));
  expect(await readdir(cache)).toEqual(['tool-1']);
});

test('waits for a live builder and uses what it built', async () => {
  await writeFile(join(cache, 'tool-1.lock'), String(process.ppid));
  const waiting = installOnce('tool-1', neverBuild);
  await mkdir(join(cache, 'tool-1'));
  await rm(join(cache, 'tool-1.lock'));
  expect(await waiting).toBe(join(cache, 'tool-1'));
});
