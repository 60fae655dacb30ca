/**
 * Kills every process of the group at once; a group that has ended already is fine.
 *
 * @throws the system's error when the group may not be killed.
 *
 * @internal
 */
export const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
