/** Files that have arrived, looked at together: whether each is still what was sent of it. */
import { createBatcher } from './batcher.ts';
import type { Environment } from './environment.ts';
import { checkUnchanged, type Guarded } from './file-guard.ts';

const maxFiles = 100;
/** Waiting for company is worth so much for each file that is still to come. */
const msPerFile = 50;
const mostMs = 5000;
const leastMs = 20;

/**
 * Resolves when the file is what it was. Files that have waited for each other go on at the same moment, and are
 * completed in one call.
 * @throws UploadError `file-changed`
 */
export type GuardFile = (guarded: Guarded) => Promise<unknown>;

/** @param filesToCome Files that will soon have arrived too. */
export function createFileGuard(environment: Environment, filesToCome: () => number): GuardFile {
  return createBatcher<Guarded, unknown>({
    environment,
    maxItems: maxFiles,
    windowMs: () => Math.max(leastMs, Math.min(mostMs, msPerFile * filesToCome())),
    // Ninety of the last hundred, nine of ten, one: none of them waits for company that does not come.
    isEnough: (count) => count > 1 && count >= 9 * filesToCome(),
    send: async (guarded) => {
      try {
        await checkUnchanged(...guarded);
        return guarded;
      } catch {
        // One of them: each is looked at by itself.
        return guarded.map((each) => checkUnchanged(each).then(() => each));
      }
    },
  });
}
