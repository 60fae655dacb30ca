import { UploadError } from './upload-error.ts';

/** How a file is cut: every part but the last has `partBytes`. */
export interface Plan {
  readonly bytes: number;
  readonly partBytes: number;
  readonly partCount: number;
}

/**
 * The service's plan for a file.
 * @throws UploadError `size-mismatch` when the parts do not make the file
 */
export function toPlan(bytes: number, partBytes: number, partCount = Math.ceil(bytes / partBytes)): Plan {
  if (partBytes > 0 && partCount === Math.ceil(bytes / partBytes)) return { bytes, partBytes, partCount };
  throw new UploadError('size-mismatch', 'The signing service cut the file into parts that do not make it.');
}

/** Size of a part. */
export function bytesOfPart({ bytes, partBytes }: Plan, partNumber: number): number {
  return Math.min(partBytes, bytes - (partNumber - 1) * partBytes);
}

/** A part's bytes, not read yet. */
export function sliceOfPart(file: Blob, { partBytes }: Plan, partNumber: number): Blob {
  return file.slice((partNumber - 1) * partBytes, partNumber * partBytes);
}
