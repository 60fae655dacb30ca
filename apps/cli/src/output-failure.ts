/**
 * A closed pipe and a full disk behind standard output: told in words once the command is done, so that one that
 * has something to put away still does.
 */
import type { Writable } from 'node:stream';
import { exitCodes } from './exit-code.ts';
import { explainReason, systemReason } from './system-error.ts';

/** Watches a stream from now on; the returned function waits until all is written and gives the error, if any. */
export function watchOutput(stream: Writable): () => Promise<Error | undefined> {
  let failure: Error | undefined;
  stream.on('error', (error: Error) => (failure ??= error));
  return async () => {
    await new Promise<void>((written) => stream.write('', () => written()));
    return failure;
  };
}

/** The exit status, after telling of what could not be written. */
export function toExitCode(code: number, failure: Error | undefined, tell: (text: string) => void): number {
  if (failure === undefined) return code;
  const reason = explainReason(systemReason(failure) ?? failure.name);
  tell(`valetkey: file-unwritable: The file cannot be written: standard output: ${reason}\n`);
  return code === exitCodes.done ? exitCodes.failed : code;
}
