import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { tellGuardian } from '../engine/guardian.ts';
import { killGroup } from '../engine/kill-group.ts';
import type { Report } from '../engine/report.ts';
import { temporaryFolder } from '../engine/temporary-folder.ts';
import type { ChromiumDescription } from './chromium-description.ts';
import { type ChromiumProgram, obtainChromium } from './obtain-chromium.ts';

const launchTimeoutMs = 60_000;

/** A headless Chromium for as long as it is needed. @internal */
export interface ChromiumEngine {
  readonly description: ChromiumDescription;
  /** Ends the browser with all its processes and removes its files; again is fine. */
  readonly stop: () => Promise<void>;
}

/**
 * Resolves when a headless Chromium listens for `connectChromium`, from this process or another one of this
 * machine. It reaches loopback only and never outlives this process.
 *
 * @throws MissingEngine as `obtainChromium` does.
 * @throws Error of Playwright, with Chromium's output, when it does not come up.
 *
 * @internal
 */
export const startChromiumEngine = async (report: Report): Promise<ChromiumEngine> => {
  const program = await obtainChromium(report);
  const folder = await temporaryFolder('chromium');
  try {
    const { wsEndpoint, close } = await launch(program, folder.path);
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= close().then(folder.remove));
    return { description: { wsEndpoint }, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

const launch = async (
  { executablePath, env, args }: ChromiumProgram,
  folder: string,
): Promise<{ wsEndpoint: string; close: () => Promise<void> }> => {
  // Loaded here because it takes a quarter of a second, which tests without a browser do not owe.
  const { chromium } = await import('playwright-core');
  const server = await chromium.launchServer({
    executablePath,
    args: [...args],
    // Nothing else is inherited: proxy variables would change what a test sees.
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...env },
    artifactsDir: folder,
    host: '127.0.0.1',
    headless: true,
    // `args` decides: Playwright would leave the sandbox out for everybody.
    chromiumSandbox: true,
    // The guardian sees to it, and Playwright would end this process.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    timeout: launchTimeoutMs,
  });
  const exited = guard(server.process());
  return { wsEndpoint: server.wsEndpoint(), close: () => server.close().then(() => exited) };
};

/** Resolves when the browser has ended, and its whole group with it. */
const guard = async (child: ChildProcess): Promise<void> => {
  const { pid, spawnargs } = child;
  if (pid === undefined) throw new Error('Chromium has no process id');
  const option = '--user-data-dir=';
  // Playwright makes the profile in the system's temporary folder, and removes it unless this process is killed.
  const path = spawnargs.find((argument) => argument.startsWith(option))?.slice(option.length);
  tellGuardian({ kind: 'watch-group', pid });
  if (path) tellGuardian({ kind: 'watch-path', path });
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  killGroup(pid);
  tellGuardian({ kind: 'release-group', pid });
  if (path) tellGuardian({ kind: 'release-path', path });
};
