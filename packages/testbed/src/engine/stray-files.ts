import { rm } from 'node:fs/promises';

import { tellGuardian } from './guardian.ts';

/**
 * Files an engine makes outside its folder: they go when `remove` is called or, at the latest, when this
 * process ends. None of them need exist.
 *
 * @internal
 */
export const strayFiles = (paths: readonly string[]): { readonly remove: () => Promise<void> } => {
  for (const path of paths) tellGuardian({ kind: 'watch-path', path });
  return {
    remove: async () => {
      await Promise.all(paths.map((path) => rm(path, { force: true })));
      for (const path of paths) tellGuardian({ kind: 'release-path', path });
    },
  };
};
