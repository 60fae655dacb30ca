import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { cacheFolder } from './cache-folder.ts';
import { withFolderLock } from './folder-lock.ts';
import { isLiveProcess } from './live-process.ts';

/**
 * The path of a folder in the cache, built at most once and only ever seen complete.
 *
 * `build` fills a part folder beside the final one, which then takes its name in one rename. Processes that
 * want the same folder wait for the one that builds; when that one dies, the next takes over. The name holds
 * the version and the platform, since a folder that exists is never built again.
 *
 * @throws what `build` throws; the part folder is removed then and nothing is kept.
 *
 * @internal
 */
export const installOnce = async (
  folderName: string,
  build: (partFolder: string) => Promise<void>,
): Promise<string> => {
  const folder = join(cacheFolder(), folderName);
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  return withFolderLock(folder, async () => {
    if (!(await exists(folder))) await buildInto(folder, build);
    return folder;
  });
};

// Each process has a part folder of its own, so that two which build at once (the lock allows for it) both
// end with a whole folder.
const buildInto = async (folder: string, build: (partFolder: string) => Promise<void>): Promise<void> => {
  await removeDeadParts(folder);
  const part = `${folder}.part-${process.pid}`;
  await mkdir(part);
  try {
    await build(part);
    await renameUnlessThere(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
};

const removeDeadParts = async (folder: string): Promise<void> => {
  const prefix = `${basename(folder)}.part-`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix) || isLiveProcess(Number(name.slice(prefix.length)))) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
};

const renameUnlessThere = async (part: string, folder: string): Promise<void> => {
  try {
    await rename(part, folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};
