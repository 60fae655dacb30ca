import { spawn } from 'node:child_process';
import { lastLines } from './last-lines.ts';

const quotedLines = 20;

/** How a program is run. @internal */
export interface RunCommandOptions {
  readonly cwd?: string;
  /** The complete environment. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * What the program wrote to its standard output, once it has exited with 0.
 *
 * @throws Error naming the program, its exit code or signal and the last lines of its output, without the
 * credentials an address may carry.
 *
 * @internal
 */
export const runCommand = (
  program: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let everything = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    everything += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    everything += text;
  });
  child.on('error', (error) => reject(new Error(`${program} could not be started`, { cause: error })));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(stdout);
    else reject(new Error(`${program} ended with ${signal ?? code}:\n${lastLines(everything, quotedLines)}`));
  });
  return promise;
};
