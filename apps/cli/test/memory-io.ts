import { Readable, Writable } from 'node:stream';

import type { Io, Surroundings } from '../src/io.ts';

/** What a test decides of the process around a command. */
interface MemoryIoOptions {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Io['environment'];
  readonly now?: string;
  readonly surroundings?: Partial<Surroundings>;
  readonly interrupted?: AbortSignal;
}

/** A process in memory, and what was written to it. */
export function memoryIo({
  stdin = '',
  environment = {},
  now = '2026-11-23T20:56:48Z',
  surroundings = {},
  interrupted = new AbortController().signal,
}: MemoryIoOptions = {}) {
  const written = { stdout: '', stderr: '' };
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.stdout += chunk.toString('utf8');
      done();
    },
  });
  const io: Io = {
    stdout: (text) => void (written.stdout += text),
    stderr: (text) => void (written.stderr += text),
    environment,
    clock: { now: () => Date.parse(now) },
    stdin: async () => Buffer.from(stdin).toString('utf8'),
    streams: {
      get input() {
        return Readable.from([Buffer.from(stdin)]);
      },
      output,
      inputIsTerminal: false,
      outputIsTerminal: false,
      progress: undefined,
    },
    surroundings: {
      folder: '/nonexistent',
      home: '/nonexistent',
      userId: process.getuid?.(),
      ...surroundings,
    },
    interrupted: () => interrupted,
  };
  return { io, written };
}
