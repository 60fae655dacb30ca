import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Checksums that can be reckoned here, named as in `x-amz-checksum-…`. */
export const contentDigests = {
  sha256: () => hash('sha256'),
  sha1: () => hash('sha1'),
  crc32: () => crc(),
  md5: () => hash('md5'),
} as const;

/** Reckons along while bytes pass. */
export interface ContentDigest {
  readonly update: (chunk: Uint8Array) => void;
  /** In base64. */
  readonly end: () => string;
}

/** The digest of all bytes, in base64. */
export async function digestOf(
  bytes: AsyncIterable<Uint8Array>,
  algorithm: keyof typeof contentDigests,
): Promise<string> {
  const digest = contentDigests[algorithm]();
  for await (const chunk of bytes) digest.update(chunk);
  return digest.end();
}

function hash(name: 'sha256' | 'sha1' | 'md5'): ContentDigest {
  const state = createHash(name);
  return { update: (chunk) => void state.update(chunk), end: () => state.digest('base64') };
}

function crc(): ContentDigest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    end: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}
