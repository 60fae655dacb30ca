import { systemClock, type Clock } from '@valetkey/core';

/** All that a command may touch of the process around it. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Reads all of standard input. */
  readonly stdin: () => Promise<string>;
}

/** The real process. */
export function processIo(): Io {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    environment: process.env,
    clock: systemClock,
    stdin: async () => {
      const chunks: string[] = [];
      for await (const chunk of process.stdin.setEncoding('utf8')) chunks.push(String(chunk));
      return chunks.join('');
    },
  };
}
