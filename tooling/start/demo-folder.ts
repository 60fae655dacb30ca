/** Where a demo keeps its files: each one that runs has a folder of its own. */
import { existsSync, readFileSync } from 'node:fs';

const usualFolder = '.valetkey/demo';

/** In it, the process that the folder belongs to. */
export const ownerFile = 'pid';

/**
 * The folder for a new demo, relative to the clone: the usual one, or one beside it while another demo runs there.
 * `base` is the folder of the clone.
 */
export function freeDemoFolder(pid: number, base = '.'): string {
  const owner = `${base}/${usualFolder}/${ownerFile}`;
  const other = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : Number.NaN;
  return Number.isInteger(other) && other !== pid && isRunning(other) ? `${usualFolder}-${pid}` : usualFolder;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
