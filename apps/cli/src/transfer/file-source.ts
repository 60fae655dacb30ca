import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { quote, ValetkeyError } from '@valetkey/core';
import { toFileError } from '../system-error.ts';

const chunkBytes = 256 * 1024;

/** A file whose bytes are sent as they were when it was opened, or not at all. */
export interface FileSource {
  readonly bytes: number;
  /**
   * The bytes from an offset, any number of times. The last of them come only if the file is still as it was.
   * @throws ValetkeyError `file-changed`, `file-unreadable`
   */
  readonly read: (offset: number, bytes: number) => AsyncIterable<Uint8Array>;
  /** @throws ValetkeyError `file-changed` */
  readonly checkUnchanged: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a regular file.
 * @throws ValetkeyError `file-unreadable`
 */
export async function openFileSource(file: string): Promise<FileSource> {
  const expected = 'a regular file that can be read';
  const guard = <T>(promise: Promise<T>): Promise<T> =>
    promise.catch((error: unknown) => {
      throw toFileError(error, { code: 'file-unreadable', file, expected });
    });
  // Without O_NONBLOCK a named pipe would wait for somebody who writes.
  const handle = await guard(open(file, constants.O_RDONLY | constants.O_NONBLOCK));
  const before = await guard(handle.stat({ bigint: true }));
  if (!before.isFile()) {
    await handle.close();
    throw new ValetkeyError('file-unreadable', {
      field: quote(file),
      expected,
      got: before.isDirectory() ? 'a folder' : 'something else',
    });
  }
  const checkUnchanged = async () => check(file, before, await guard(handle.stat({ bigint: true })));
  const bytes = Number(before.size);
  return {
    bytes,
    read: (offset, length) => readRange(handle, { file, offset, length, guard, checkUnchanged }),
    checkUnchanged,
    close: () => handle.close(),
  };
}

interface Range {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly guard: <T>(promise: Promise<T>) => Promise<T>;
  readonly checkUnchanged: () => Promise<void>;
}

async function* readRange(
  handle: FileHandle,
  { file, offset, length, guard, checkUnchanged }: Range,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let done = 0; done < length;) {
    const chunk = new Uint8Array(Math.min(chunkBytes, length - done));
    const { bytesRead } = await guard(handle.read(chunk, 0, chunk.byteLength, offset + done));
    if (bytesRead === 0) throw changed(file, 'its end before the size that it had');
    done += bytesRead;
    // A store throws away what ends too early: with the last bytes held back nothing mixed passes for whole.
    if (done === length) await checkUnchanged();
    yield chunk.subarray(0, bytesRead);
  }
}

function check(file: string, before: BigIntStats, now: BigIntStats): void {
  if (now.size !== before.size) throw changed(file, `${now.size} bytes instead of ${before.size}`);
  if (now.mtimeNs !== before.mtimeNs) throw changed(file, 'a later time of change');
}

function changed(file: string, got: string): ValetkeyError {
  return new ValetkeyError('file-changed', {
    field: quote(file),
    expected: 'a file that stays as it is while it is sent',
    got,
    hint: 'Send it again when nobody writes it any more.',
  });
}
