import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

import { isLiveProcess } from '../engine/live-process.ts';
import { startChromium } from './start-chromium.ts';

/** What /proc tells of a process; empty when it has ended meanwhile. */
const proc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
};

/** The browser that `owner` runs: the id of its process group and its profile folder. */
const browserOf = (owner: number): { group: number; profile: string } => {
  for (const group of proc(owner, `task/${owner}/children`).split(' ').map(Number)) {
    const profile = /--user-data-dir=([^\0]+)/.exec(proc(group, 'cmdline'))?.[1];
    if (profile) return { group, profile };
  }
  throw new Error(`Process ${owner} runs no browser`);
};

// proc_pid_stat(5): the group is the third field after the name.
const liveMembers = (group: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) => Number.isInteger(pid) && proc(pid, 'stat').split(') ').at(-1)?.split(' ')[2] === `${group}`,
    )
    .filter(isLiveProcess);

const onLinux = test.runIf(process.platform === 'linux');

onLinux('stop leaves no process and no file, and again is fine', async () => {
  const { browser, stop } = await startChromium();
  onTestFinished(stop);
  await browser.newPage();
  const { group, profile } = browserOf(process.pid);
  expect(liveMembers(group).length).toBeGreaterThan(1);
  await stop();
  await stop();
  expect([browser.isConnected(), existsSync(profile)]).toEqual([false, false]);
  await expect.poll(() => liveMembers(group)).toEqual([]);
});

onLinux('a browser does not outlive a killed owner, nor do its files', async () => {
  const module = fileURLToPath(new URL('start-chromium.ts', import.meta.url));
  const script = `const { startChromium } = await import(${JSON.stringify(module)});
    await startChromium(); console.log('started'); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  await once(createInterface({ input: owner.stdout }), 'line');
  const { group, profile } = browserOf(Number(owner.pid));
  expect(liveMembers(group).length).toBeGreaterThan(1);
  owner.kill('SIGKILL');
  await expect.poll(() => [liveMembers(group), existsSync(profile)]).toEqual([[], false]);
});
