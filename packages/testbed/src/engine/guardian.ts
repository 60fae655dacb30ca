import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One line the guardian is told. @internal */
export type GuardianMessage =
  | { readonly kind: 'watch-group' | 'release-group'; readonly pid: number }
  | { readonly kind: 'watch-path' | 'release-path'; readonly path: string };

type Tell = (message: GuardianMessage) => void;

const program = fileURLToPath(new URL('guardian-process.ts', import.meta.url));

let running: Tell | undefined;

/**
 * Tells this process's guardian what must not outlive this process.
 *
 * The guardian is one detached child; when this process ends, even by `kill -9`, it kills the watched
 * process groups and removes the watched files and folders. Watch before there is something to lose; release what has
 * been stopped or removed, since a process id is used again.
 *
 * @throws Error when the guardian has ended, as nothing would then clean up.
 *
 * @internal
 */
export const tellGuardian = (message: GuardianMessage): void => {
  running ??= startGuardian();
  running(message);
};

const startGuardian = (): Tell => {
  const child = spawn(process.execPath, [program], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Options given to this process (a debugger port, say) are not for the guardian.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
  };
  child.on('error', fail);
  child.on('exit', (code, signal) => fail(new Error(`The guardian ended with ${signal ?? code}`)));
  child.stdin.on('error', fail);
  // Neither the child nor the pipe keeps this process alive.
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return (message) => {
    if (failure) throw new Error('The guardian of engine processes is gone', { cause: failure });
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
};
