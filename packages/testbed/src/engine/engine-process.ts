import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { guardChild } from './guard-child.ts';
import { lastLines } from './last-lines.ts';

const readyPollMs = 50;
const quotedLogLines = 30;

/** How an engine is started, recognised as ready and stopped. @internal */
export interface EngineOptions {
  /** Names the engine in errors and its log file, `<name>.log` in the folder. */
  readonly name: string;
  /** The program's absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to `PATH`, and `HOME` which is the folder. Nothing else is inherited: a developer's AWS_* or proxy variables change engines. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder of the engine; exists, and is removed by whoever made it. */
  readonly folder: string;
  /** Asked again and again; a rejection counts as not yet and becomes the cause of the timeout's error. */
  readonly ready: () => Promise<boolean>;
  /** @default 60000 */
  readonly readyTimeoutMs?: number;
  /** @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
  /** How long the engine may take after `stopSignal` before SIGKILL. @default 5000 */
  readonly stopGraceMs?: number;
}

/** How a process ended: one of the two is set. @internal */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running engine. @internal */
export interface EngineProcess {
  readonly pid: number;
  /** Path of the file that holds everything the engine wrote. */
  readonly logFile: string;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<EngineExit>;
  /** Ends the process and resolves when it has ended; again is fine. */
  readonly stop: () => Promise<void>;
}

/**
 * Resolves when the engine is ready. The engine is watched by the guardian and never outlives this process.
 *
 * @throws Error with the tail of the engine's log when the engine ends or times out before it is ready; it is
 * stopped by then.
 *
 * @internal
 */
export const startEngine = async (options: EngineOptions): Promise<EngineProcess> => {
  const engine = await spawnEngine(options);
  const deadline = performance.now() + (options.readyTimeoutMs ?? 60_000);
  let ended: EngineExit | undefined;
  let reason: unknown;
  while (performance.now() < deadline) {
    ended = await Promise.race([engine.exited, delay(readyPollMs, undefined)]);
    if (ended) break;
    try {
      if (await options.ready()) return engine;
    } catch (error) {
      reason = error;
    }
  }
  await engine.stop();
  const what = ended
    ? `ended with ${ended.signal ?? ended.code} before it was ready`
    : 'did not become ready';
  const log = lastLines(await readFile(engine.logFile, 'utf8'), quotedLogLines);
  throw new Error(`${options.name} ${what}. Its log ends:\n${log}`, { cause: reason });
};

const spawnEngine = async (options: EngineOptions): Promise<EngineProcess> => {
  const logFile = join(options.folder, `${options.name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: options.folder,
    env: { PATH: process.env['PATH'], HOME: options.folder, ...options.env },
    // Its own process group: the guardian ends it with its children, and Ctrl-C is left to the parent.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  guardChild(child);
  const pid = await pidOf(child, options.name);
  const exited = new Promise<EngineExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { pid, logFile, exited, stop: () => stopChild(child, exited, options) };
};

const pidOf = async (child: ChildProcess, name: string): Promise<number> => {
  if (child.pid !== undefined) return child.pid;
  const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
  throw new Error(`${name} could not be started`, { cause });
};

const stopChild = async (
  child: ChildProcess,
  exited: Promise<EngineExit>,
  { stopSignal = 'SIGTERM', stopGraceMs = 5000 }: EngineOptions,
): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(stopSignal);
  const lastResort = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
  await exited;
  clearTimeout(lastResort);
};
