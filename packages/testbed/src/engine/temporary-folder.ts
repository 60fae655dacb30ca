import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tellGuardian } from './guardian.ts';

/** A folder that goes with this process. @internal */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder and everything in it; again is fine. */
  readonly remove: () => Promise<void>;
}

/**
 * A new empty folder under the system's temporary folder, readable by this user only.
 *
 * It is removed by `remove` or, at the latest, when this process ends.
 *
 * @internal
 */
export const temporaryFolder = async (name: string): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(tmpdir(), `valetkey-${name}-`));
  tellGuardian({ kind: 'watch-path', path });
  return {
    path,
    remove: async () => {
      // Retries, because a killed process may still be flushing files when its folder is walked.
      await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      tellGuardian({ kind: 'release-path', path });
    },
  };
};
