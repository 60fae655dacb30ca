import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { type EngineOptions, startEngine } from './engine-process.ts';
import { isLiveProcess } from './live-process.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder('engine-test');
});
afterEach(() => folder.remove());

const shell = (script: string, rest: Partial<EngineOptions> = {}) =>
  startEngine({
    name: 'fake',
    command: '/bin/sh',
    args: ['-c', script],
    folder: folder.path,
    ready: async () => (await readFile(join(folder.path, 'fake.log'), 'utf8')).includes('serving'),
    ...rest,
  });

test('an engine is ready when its probe says so, and stop ends it', async () => {
  const engine = await shell('echo serving; sleep 60');
  expect(isLiveProcess(engine.pid)).toBe(true);
  await engine.stop();
  expect(isLiveProcess(engine.pid)).toBe(false);
  expect(await engine.exited).toEqual({ code: null, signal: 'SIGTERM' });
  await engine.stop();
});

test('what an engine started ends with it', async () => {
  const engine = await shell('sleep 60 & echo $!; echo serving; wait');
  const child = Number.parseInt(await readFile(engine.logFile, 'utf8'), 10);
  await engine.stop();
  // The kill is sent by then; the kernel carries it out in its own time.
  await expect.poll(() => isLiveProcess(child)).toBe(false);
});

test('an engine that ignores its stop signal is killed after the grace time', async () => {
  const engine = await shell('trap "" TERM; echo serving; while :; do sleep 0.01; done', {
    stopGraceMs: 100,
  });
  await engine.stop();
  expect(await engine.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('an engine that ends before it is ready rejects with the tail of its log', async () => {
  const script = 'for i in $(seq 100); do echo "line $i"; done; echo "port taken" >&2; exit 3';
  const failure = await shell(script).catch((error: Error) => error.message);
  expect(failure).toMatch(
    /^fake ended with 3 before it was ready\. Its log ends:\nline 72\n[^]*\nport taken$/,
  );
});

test('an engine that is never ready is stopped, and the last failure of its probe is the cause', async () => {
  const cause = new Error('connection refused');
  let written = '';
  const failure = await shell('echo $$; sleep 60', {
    ready: async () => {
      // A shell may take longer to begin than the engine has.
      const read = async () => (written = await readFile(join(folder.path, 'fake.log'), 'utf8'));
      await expect.poll(read).toMatch(/^\d+\n$/);
      throw cause;
    },
    readyTimeoutMs: 300,
  }).catch((error: Error) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining('fake did not become ready'), cause });
  expect(isLiveProcess(Number(written))).toBe(false);
});

test('a program that does not exist rejects with its name', async () => {
  await expect(shell('', { command: '/does/not/exist' })).rejects.toThrow('fake could not be started');
});

test('an engine inherits PATH and its folder as HOME, and no other variable', async () => {
  const env = { ENGINE_SETTING: 'on' };
  const engine = await shell('env; echo serving; sleep 60', { env });
  await engine.stop();
  const log = await readFile(engine.logFile, 'utf8');
  const names = [...log.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  // Those the shell itself adds.
  const own = names.filter((name) => name !== 'PWD' && name !== 'SHLVL' && name !== '_');
  expect(new Set(own)).toEqual(new Set(['ENGINE_SETTING', 'HOME', 'PATH']));
});
