/** A file is read while it is sent; whoever changes it meanwhile gets an error, never a mixture. */
import { UploadError } from './upload-error.ts';

/** What a file was when its upload began. */
export interface FileMark {
  readonly bytes: number;
  readonly lastModified: number | undefined;
}

export function markOf(file: Blob): FileMark {
  return { bytes: file.size, lastModified: 'lastModified' in file ? Number(file.lastModified) : undefined };
}

/**
 * Reads one byte: browsers refuse to read a file that is not what was chosen (File API, section 4.1).
 * @throws UploadError `file-changed`
 */
export async function checkUnchanged(file: Blob, mark: FileMark): Promise<void> {
  const { bytes, lastModified } = markOf(file);
  if (bytes !== mark.bytes || lastModified !== mark.lastModified) throw changed();
  try {
    await file.slice(Math.max(0, bytes - 1)).arrayBuffer();
  } catch (cause) {
    throw toReadError(cause);
  }
}

/** Rejects with what a failure to read means. */
export function rethrowRead(cause: unknown): never {
  throw toReadError(cause);
}

/** A failure to read as what it means for the person; anything else as it is. */
export function toReadError(cause: unknown): unknown {
  const isRead =
    cause instanceof DOMException && (cause.name === 'NotReadableError' || cause.name === 'NotFoundError');
  return isRead ? changed(cause) : cause;
}

function changed(cause?: unknown): UploadError {
  return new UploadError(
    'file-changed',
    'The file changed while it was uploaded, or can no longer be read. Choose it again.',
    { cause },
  );
}
