import { homedir } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { systemClock, type Clock } from '@valetkey/core';
import { interruption } from './interruption.ts';

/** All that a command may touch of the process around it. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Reads all of standard input. */
  readonly stdin: () => Promise<string>;
  /** Standard input and output for what is not text, and the terminals behind the three, where they are some. */
  readonly streams: Streams;
  /** Where the search for a `valetkey.yaml` begins and ends, and whose files are trusted. */
  readonly surroundings: Surroundings;
  /**
   * Aborts at the first Ctrl-C or termination; from the first call on the process does not end by itself at it. The
   * second one ends the process as ever.
   */
  readonly interrupted: () => AbortSignal;
}

/** Streams of the process. */
interface Streams {
  readonly input: Readable;
  readonly output: Writable;
  readonly inputIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  /** Standard error where it is a terminal: progress is drawn there. */
  readonly progress: WriteStream | undefined;
}

/** What the process stands in. */
export interface Surroundings {
  readonly folder: string;
  readonly home: string;
  /** Absent where the system has none. */
  readonly userId: number | undefined;
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
    // Each is opened when it is asked for: standard input would keep the process alive.
    streams: {
      get input() {
        return process.stdin;
      },
      get output() {
        return process.stdout;
      },
      get inputIsTerminal() {
        return process.stdin.isTTY;
      },
      get outputIsTerminal() {
        return process.stdout.isTTY;
      },
      get progress() {
        return process.stderr.isTTY ? process.stderr : undefined;
      },
    },
    surroundings: { folder: process.cwd(), home: homedir(), userId: process.getuid?.() },
    interrupted: interruption(process),
  };
}
