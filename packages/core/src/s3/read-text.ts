import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ValetkeyError, type ErrorCode } from '../errors.ts';

/** As much as a ConfigMap holds. */
const maxBytes = 1024 * 1024;

/** How an unreadable file is told of. */
export interface UnreadableFile {
  readonly code: ErrorCode;
  /** @default the path */
  readonly field?: string | undefined;
  readonly hint?: string | undefined;
}

/**
 * The text of a file of at most 1 MiB; no more than that is read of a larger one.
 * @throws ValetkeyError with the given code; it names the system's reason and nothing of the content
 * @public
 */
export function readText(path: string, unreadable: UnreadableFile): Promise<string> {
  return readAll(createReadStream(path, { end: maxBytes }), { field: path, ...unreadable });
}

/**
 * As {@link readText}, of a file that somebody opened, and closes.
 * @public
 */
export function readOpenText(file: FileHandle, unreadable: UnreadableFile): Promise<string> {
  return readAll(file.createReadStream({ end: maxBytes, autoClose: false }), unreadable);
}

async function readAll(
  stream: AsyncIterable<Buffer>,
  { code, field, hint }: UnreadableFile,
): Promise<string> {
  const about = { ...(field !== undefined && { field }), ...(hint !== undefined && { hint }) };
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    // Not as its cause: it holds the path as it is, and somebody may have put a presigned URL in its place.
    throw new ValetkeyError(code, {
      ...about,
      expected: 'a file that can be read',
      got: error instanceof Error && 'code' in error ? String(error.code) : 'an error',
    });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength > maxBytes) {
    throw new ValetkeyError(code, { ...about, expected: 'a file of at most 1 MiB', got: 'a larger one' });
  }
  return bytes.toString('utf8');
}
