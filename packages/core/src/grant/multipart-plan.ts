import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import { maxParts, partBounds, partBytesFor } from '../policy/part-size.ts';

/**
 * How a file is cut: every part but the last has `partBytes`.
 * @public
 */
export interface MultipartPlan {
  /** Size of the file. */
  readonly bytes: number;
  readonly partBytes: number;
  readonly partCount: number;
}

/**
 * One part's place in the file.
 * @public
 */
export interface MultipartRange {
  readonly partNumber: number;
  /** First byte in the file. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Cuts a file into parts of {@link partBytesFor} its size.
 * @throws ValetkeyError `file-too-small` for an empty file, `file-too-large` above 10,000 parts of 5 GiB,
 * `part-out-of-range` for a part size outside 5 MiB…5 GiB
 * @example
 * ```ts
 * planMultipart(20 * 2 ** 20, 'auto'); // { bytes: 20971520, partBytes: 8388608, partCount: 3 }
 * ```
 * @public
 */
export function planMultipart(bytes: number, partSize: 'auto' | number): MultipartPlan {
  checkFileSize(bytes);
  if (partSize !== 'auto') checkPartSize(partSize);
  const partBytes = partBytesFor(bytes, { partBytes: partSize });
  return { bytes, partBytes, partCount: Math.ceil(bytes / partBytes) };
}

/**
 * Where a part lies.
 * @throws ValetkeyError `part-out-of-range`
 * @public
 */
export function rangeOfPart(
  { bytes, partBytes, partCount }: MultipartPlan,
  partNumber: number,
): MultipartRange {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partCount) {
    throw new ValetkeyError('part-out-of-range', {
      field: 'partNumber',
      expected: `a whole number from 1 to ${partCount}`,
      got: quote(partNumber),
    });
  }
  const offset = (partNumber - 1) * partBytes;
  return { partNumber, offset, bytes: Math.min(partBytes, bytes - offset) };
}

function checkFileSize(bytes: number): void {
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new ValetkeyError('file-too-small', {
      field: 'bytes',
      expected: 'a file of at least one byte to cut into parts',
      got: quote(bytes),
    });
  }
  const most = maxParts * partBounds.max;
  if (bytes > most) {
    throw new ValetkeyError('file-too-large', {
      field: 'bytes',
      expected: `at most ${most} bytes, which is 10,000 parts of 5 GiB`,
      got: `${bytes} bytes`,
    });
  }
}

function checkPartSize(partBytes: number): void {
  const { min, max } = partBounds;
  if (Number.isInteger(partBytes) && partBytes >= min && partBytes <= max) return;
  throw new ValetkeyError('part-out-of-range', {
    field: 'partSize',
    expected: `from ${min} to ${max} bytes (5 MiB to 5 GiB)`,
    got: quote(partBytes),
  });
}
