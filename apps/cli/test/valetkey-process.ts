/** The command as a user runs it: a child process from source. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';

import type { S3Description } from '@valetkey/testbed';

const command = new URL('../bin/valetkey-dev.ts', import.meta.url).pathname;

/** What surrounds a run. */
export interface RunOptions {
  readonly s3?: S3Description;
  readonly stdin?: string | Uint8Array;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a run ended. */
export interface Finished {
  readonly code: number | null;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts the command. It has the engine's credentials and nothing else of this process's environment. */
export function startValetkey(
  args: readonly string[],
  { s3, stdin = '', folder, environment = {} }: RunOptions = {},
): Running {
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', command, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      ...(s3 && {
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        AWS_REGION: s3.region,
      }),
      ...environment,
    },
    stdio: 'pipe',
  });
  // A command that does not read its input is no failure.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => assert.equal(error.code, 'EPIPE'));
  child.stdin.end(stdin);
  const finished = Promise.all([buffer(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([bytes, stderr, [code]]) => ({
      code: code as number | null,
      bytes,
      stdout: bytes.toString('utf8'),
      stderr,
    }),
  );
  return { child, finished };
}

/** Runs the command to its end. */
export function runValetkey(args: readonly string[], options?: RunOptions): Promise<Finished> {
  return startValetkey(args, options).finished;
}
