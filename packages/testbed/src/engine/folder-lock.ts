import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { isLiveProcess } from './live-process.ts';

const pollMs = 200;
const heartbeatMs = 5000;
// The id of a dead process may belong to another one by now, or to one of another container: a lock whose
// holder has not touched it for this long is stale whatever its id says.
const staleAfterMs = 60_000;

let attempts = 0;

/**
 * Runs `work` while this process holds the lock `<path>.lock`, a file that names the holder's process id.
 *
 * Waits for a live holder and takes over from a dead one. Two processes that take over in the same instant
 * may both get through: the lock saves work, and `work` must be right without it.
 *
 * @internal
 */
export const withFolderLock = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const lock = `${path}.lock`;
  while (!(await acquire(lock))) {
    if (await isStale(lock)) await rm(lock, { force: true });
    else await delay(pollMs);
  }
  const heartbeat = setInterval(() => void touch(lock), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(lock, { force: true });
  }
};

// Linking a finished file is atomic: nobody ever reads a lock without its holder.
const acquire = async (lock: string): Promise<boolean> => {
  attempts += 1;
  const own = `${lock}.${process.pid}-${attempts}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own);
  }
};

const isStale = async (lock: string): Promise<boolean> => {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(lock, 'utf8'), stat(lock)]);
    return !isLiveProcess(Number(holder)) || Date.now() - mtimeMs > staleAfterMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};

const touch = async (lock: string): Promise<void> => {
  const now = new Date();
  try {
    await utimes(lock, now, now);
  } catch (error) {
    // Released, or taken over after this process had been suspended for long.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};
