/** Where downloaded bytes go: a new file, something that only takes bytes, or standard output. */
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { quote, ValetkeyError } from '@valetkey/core';
import { systemReason, toFileError } from '../system-error.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
const ownerOnly = 0o600;
/** Said by file systems that have no hard links. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Takes bytes in order. */
export interface Sink {
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Throws away what was written; absent where that cannot be done. */
  readonly restart?: () => Promise<void>;
  /** All is there: only now the file has its name. */
  readonly commit: () => Promise<void>;
  /** It did not work: nothing stays. */
  readonly discard: () => Promise<void>;
}

/**
 * A sink for a path. A file is written under another name beside it, readable by its owner only, and gets its name
 * at the end; a symbolic link is never followed. A device or a named pipe takes the bytes as they come.
 * @throws ValetkeyError `file-exists` unless `force`, `file-unwritable`
 */
export function openSink(file: string, { force }: { readonly force: boolean }): Promise<Sink> {
  return guard(file, async () => {
    const present = await statusOf(file);
    if (present !== undefined && !present.isFile() && !present.isSymbolicLink()) return openDevice(file);
    if (present !== undefined && !force) throw existsAlready(file);
    return openFile(file, force);
  });
}

/** A sink for a stream of the process. */
export function streamSink(stream: Writable): Sink {
  const write = (chunk: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      stream.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  return {
    write: (chunk) => guard('standard output', () => write(chunk)),
    commit: nothing,
    discard: nothing,
  };
}

async function openFile(file: string, force: boolean): Promise<Sink> {
  const temporary = path.join(path.dirname(file), `.valetkey-${randomUUID()}.part`);
  const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, ownerOnly);
  let position = 0;
  return {
    write: (chunk) =>
      guard(file, async () => {
        await writeAll(handle, chunk, position);
        position += chunk.byteLength;
      }),
    restart: () =>
      guard(file, async () => {
        await handle.truncate(0);
        position = 0;
      }),
    commit: () =>
      guard(file, async () => {
        await handle.sync();
        await (force ? rename(temporary, file) : giveName(temporary, file));
        await handle.close();
      }),
    discard: async () => {
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}

async function openDevice(file: string): Promise<Sink> {
  const handle = await open(file, O_WRONLY | O_NOFOLLOW);
  const close = () => handle.close();
  return {
    write: (chunk) => guard(file, () => writeAll(handle, chunk, null)),
    commit: close,
    discard: close,
  };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number | null): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    const at = position === null ? null : position + done;
    done += (await handle.write(chunk, done, chunk.byteLength - done, at)).bytesWritten;
  }
}

/** The name in one step, and only while nothing has it. */
async function giveName(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if (!noLinks.has(systemReason(error) ?? '')) throw error;
    await (await open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, ownerOnly)).close();
    await rename(temporary, file);
    return;
  }
  await rm(temporary);
}

async function statusOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (systemReason(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function guard<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (systemReason(error) === 'EEXIST') throw existsAlready(file);
    throw toFileError(error, { code: 'file-unwritable', file, expected: 'a place that takes the bytes' });
  }
}

function existsAlready(file: string): ValetkeyError {
  return new ValetkeyError('file-exists', {
    field: quote(file),
    hint: 'Choose another name, or replace it with --force.',
  });
}

async function nothing(): Promise<void> {}
