import { quote, ValetkeyError, type ErrorCode } from '@valetkey/core';

const meanings: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file system takes no file of this size',
  EISDIR: 'a folder',
  ELOOP: 'a symbolic link',
  ENOENT: 'there is none',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of the path is no folder',
  EPIPE: 'it was closed before everything was written',
  EROFS: 'a read-only file system',
};

/** The system's reason, such as `ENOSPC`; absent where an error is none of the system's. */
export function systemReason(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** The reason in words, with its name. */
export function explainReason(reason: string): string {
  const meaning = meanings[reason];
  return meaning === undefined ? reason : `${meaning} (${reason})`;
}

/** An error of the file system as one of ours; every other error as it is. */
export function toFileError(
  error: unknown,
  { code, file, expected }: { readonly code: ErrorCode; readonly file: string; readonly expected: string },
): unknown {
  const reason = systemReason(error);
  if (reason === undefined) return error;
  return new ValetkeyError(code, { field: quote(file), expected, got: explainReason(reason), cause: error });
}
