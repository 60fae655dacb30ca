import type { ChildProcess } from 'node:child_process';

import { killGroup } from './kill-group.ts';
import { tellGuardian } from './guardian.ts';

/**
 * From now on the child does not outlive this process, however this one ends, nor do the child's own children outlive
 * the child. It must have been spawned with `detached: true`, which gives it a process group and leaves Ctrl-C to this
 * process.
 *
 * @internal
 */
export const guardChild = (child: ChildProcess): void => {
  const { pid } = child;
  // Could not be started: its `error` event says why.
  if (pid === undefined) return;
  tellGuardian({ kind: 'watch-group', pid });
  child.once('exit', () => {
    killGroup(pid);
    tellGuardian({ kind: 'release-group', pid });
  });
};
