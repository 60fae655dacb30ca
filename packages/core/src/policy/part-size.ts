import type { UploadRule } from './policy.ts';

const mebibyte = 1024 * 1024;
/** Every part costs a preflight, a request and the store's bookkeeping; one that breaks off is sent again. */
const usualAutomatic = 16 * mebibyte;
/** For files of which larger parts would be too few to share out among connections. */
const smallestAutomatic = 8 * mebibyte;
const fewParts = 16;
const largestAutomatic = 512 * mebibyte;
/** One page of ListParts. */
const partsOfOnePage = 1000;
/** S3's bounds of a part but the last, in bytes. */
export const partBounds = { min: 5 * mebibyte, max: 5 * 1024 * mebibyte } as const;

/** S3's limit of parts in one upload. */
export const maxParts = 10_000;

/**
 * Bytes of each part of a file but its last. A policy's own size where it has one; otherwise 8 MiB up to 16 of them,
 * then the smallest power of two from 16 MiB to 512 MiB that makes at most 1,000 parts. Both grow, by whole MiB,
 * where a file would need more than 10,000. A file beyond 10,000 parts of 5 GiB gets 5 GiB: no store takes it.
 * Source: Amazon S3 user guide, "Amazon S3 multipart upload limits".
 * @public
 */
export function partBytesFor(fileBytes: number, { partBytes }: Pick<UploadRule, 'partBytes'>): number {
  const wanted = partBytes === 'auto' ? automatic(fileBytes) : partBytes;
  const needed = Math.ceil(fileBytes / maxParts / mebibyte) * mebibyte;
  return Math.min(Math.max(wanted, needed), partBounds.max);
}

function automatic(fileBytes: number): number {
  if (fileBytes <= fewParts * smallestAutomatic) return smallestAutomatic;
  let bytes = usualAutomatic;
  while (bytes < largestAutomatic && fileBytes > bytes * partsOfOnePage) bytes *= 2;
  return bytes;
}
