/**
 * The program of the guardian: reads one JSON message a line and, once its input ends, kills the process
 * groups and removes the folders it still watches. Input ends when the parent ends, however it ends.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import type { GuardianMessage } from './guardian.ts';
import { killGroup } from './kill-group.ts';

const groups = new Set<number>();
const paths = new Set<string>();

const obey = (message: GuardianMessage): void => {
  switch (message.kind) {
    case 'watch-group':
      groups.add(message.pid);
      return;
    case 'release-group':
      groups.delete(message.pid);
      return;
    case 'watch-path':
      paths.add(message.path);
      return;
    case 'release-path':
      paths.delete(message.path);
  }
};

// A Ctrl-C or a closing terminal reaches the parent too: the guardian outlives it and then cleans up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line) as GuardianMessage);
for (const pid of groups) killGroup(pid);
// Retries, because a killed process may still be flushing files when its folder is walked.
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
await Promise.all([...paths].map((path) => rm(path, removal)));
