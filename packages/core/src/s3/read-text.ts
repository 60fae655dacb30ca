import { readFile } from 'node:fs/promises';
import { ValetkeyError, type ErrorCode } from '../errors.ts';

/** How an unreadable file is told of. */
export interface UnreadableFile {
  readonly code: ErrorCode;
  /** @default the path */
  readonly field?: string | undefined;
  readonly hint?: string | undefined;
}

/**
 * The text of a file.
 * @throws ValetkeyError with the given code; it names the system's reason and nothing of the content
 * @public
 */
export async function readText(path: string, { code, field = path, hint }: UnreadableFile): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ValetkeyError(code, {
      field,
      expected: 'a file that can be read',
      got: error instanceof Error && 'code' in error ? String(error.code) : 'an error',
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}
