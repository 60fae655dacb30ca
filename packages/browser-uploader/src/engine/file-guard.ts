/** A file is read while it is sent; whoever changes it meanwhile gets an error, never a mixture. */
import { UploadError } from './upload-error.ts';

/** Of a file this small all is read, which costs less than cutting a byte off. */
const wholeBytes = 65_536;

/** What a file was when its upload began. */
export interface FileMark {
  readonly bytes: number;
  readonly lastModified: number | undefined;
}

/** A file and what it was. */
export interface Guarded {
  readonly file: Blob;
  readonly mark: FileMark;
}

export function markOf(file: Blob): FileMark {
  return { bytes: file.size, lastModified: 'lastModified' in file ? Number(file.lastModified) : undefined };
}

/**
 * Reads of each: browsers refuse to read a file that is not what was chosen (File API, section 4.1). Many cost as
 * much as one.
 * @throws UploadError `file-changed` when one of them has
 */
export async function checkUnchanged(...guarded: readonly Guarded[]): Promise<void> {
  for (const { file, mark } of guarded) {
    const { bytes, lastModified } = markOf(file);
    if (bytes !== mark.bytes || lastModified !== mark.lastModified) throw changed();
  }
  const [end = new Blob(), ...others] = guarded.map(({ file }) =>
    file.size <= wholeBytes ? file : file.slice(-1),
  );
  await (others.length > 0 ? new Blob([end, ...others]) : end).arrayBuffer().catch(rethrowRead);
}

/** Rejects with what a failure to read means for the person; with anything else as it is. */
export function rethrowRead(cause: unknown): never {
  const isRead = cause instanceof DOMException && /^Not(Readable|Found)Error$/.test(cause.name);
  throw isRead ? changed(cause) : cause;
}

function changed(cause?: unknown): UploadError {
  return new UploadError(
    'file-changed',
    'The file changed while it was uploaded, or can no longer be read. Choose it again.',
    { cause },
  );
}
