/**
 * Which file it is, without reading all of it. No cryptographic hash: it tells one person's files apart, on http
 * origins too, where `crypto.subtle` is missing. That the bytes are the same is shown by the parts' sizes and ETags.
 */
import { createGathering } from './gather.ts';
import type { ResumeScope } from './resume-store.ts';

const sliceBytes = 65_536;
/** Independent seeds; 53 bits each. */
const seeds = [0, 0x9e3779b9, 0x85ebca6b] as const;

/** The same for the same file, until its size, its time, its beginning or its end changes. */
export async function fingerprintOf(file: Blob, { endpoint, policy }: ResumeScope): Promise<string> {
  const lastModified = 'lastModified' in file ? String(file.lastModified) : '';
  const facts = new TextEncoder().encode(JSON.stringify([endpoint, policy, file.size, lastModified]));
  const ends = file.size <= sliceBytes ? [file] : [file.slice(0, sliceBytes), file.slice(-sliceBytes)];
  const pieces = await Promise.all(ends.map(read));
  return seeds.map((seed) => hash53([facts, ...pieces], seed)).join('-');
}

/** Of a thousand small files a thousand reads would take longer than all else that a page does for them. */
const read = createGathering<Blob, Uint8Array>(100, async (blobs) => {
  const bytes = new Uint8Array(await new Blob([...blobs]).arrayBuffer());
  let end = 0;
  return blobs.map(({ size }) => bytes.subarray(end, (end += size)));
});

/** cyrb53 of bryc, over bytes: two multiplicative hashes that are mixed at the end. */
function hash53(pieces: readonly Uint8Array[], seed: number): string {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (const piece of pieces) {
    for (const byte of piece) {
      high = Math.imul(high ^ byte, 2_654_435_761);
      low = Math.imul(low ^ byte, 1_597_334_677);
    }
    // Where a piece ends counts too.
    high = Math.imul(high ^ piece.length, 2_654_435_761);
    low = Math.imul(low ^ 0x100, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(36);
}
