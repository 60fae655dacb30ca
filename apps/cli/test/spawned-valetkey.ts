import { spawn } from 'node:child_process';
import { once } from 'node:events';

import type { S3Description } from '@valetkey/testbed';

const command = new URL('../bin/valetkey-dev.ts', import.meta.url).pathname;

/** The command as a process of its own, with an engine's keys. */
export function spawnValetkey(args: readonly string[], s3: S3Description) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
  const child = spawn(process.execPath, ['--conditions=@valetkey/source', command, ...args], { env });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout }));
  return {
    ended,
    interrupt: () => child.kill('SIGINT'),
    /** Resolves when the output matches; rejects when the process ends before. */
    untilOutput: async (pattern: RegExp) => {
      while (!pattern.test(stdout)) {
        const isOver = await Promise.race([
          ended.then(() => true),
          once(child.stdout, 'data').then(() => false),
        ]);
        if (isOver && !pattern.test(stdout)) throw new Error(`ended before ${pattern}: ${stdout}`);
      }
    },
  };
}
