import { readFileSync } from 'node:fs';

/**
 * Whether a process with this id runs in this process's view; one of another user counts.
 *
 * One that has ended but was not waited for by its parent does not count, where Linux tells so: in a container
 * whose first process never waits, such remains stay for good.
 *
 * @internal
 */
export const isLiveProcess = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !isZombie(pid);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // The second: it ended between the two looks.
    if (code === 'ESRCH' || code === 'ENOENT') return false;
    if (code === 'EPERM') return true;
    throw error;
  }
};

// proc_pid_stat(5): the state is the first field after the name, which may itself hold parentheses.
const isZombie = (pid: number): boolean => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat[stat.lastIndexOf(')') + 2] === 'Z';
};
