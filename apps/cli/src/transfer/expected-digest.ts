import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { ValetkeyError } from '@valetkey/core';

/** Reckons along while bytes pass. */
interface Digest {
  readonly update: (chunk: Uint8Array) => void;
  /** In base64. */
  readonly end: () => string;
}

const digests = {
  sha256: () => hash('sha256'),
  sha1: () => hash('sha1'),
  crc32: () => crc(),
} as const;

/** A checksum that the store tells of the object. */
export interface ExpectedDigest {
  readonly update: (chunk: Uint8Array) => void;
  /** @throws ValetkeyError `checksum-mismatch` */
  readonly check: () => void;
}

/** The first checksum of an answer that can be reckoned here; one over parts (`…-3`) is none of the bytes. */
export function expectedDigest(headers: IncomingHttpHeaders): ExpectedDigest | undefined {
  for (const [algorithm, start] of Object.entries(digests)) {
    const expected = headers[`x-amz-checksum-${algorithm}`];
    if (typeof expected !== 'string' || expected.includes('-')) continue;
    const digest = start();
    const check = () => {
      const got = digest.end();
      if (got === expected) return;
      throw new ValetkeyError('checksum-mismatch', { field: `x-amz-checksum-${algorithm}`, expected, got });
    };
    return { update: digest.update, check };
  }
  return undefined;
}

function hash(name: 'sha256' | 'sha1'): Digest {
  const state = createHash(name);
  return { update: (chunk) => void state.update(chunk), end: () => state.digest('base64') };
}

function crc(): Digest {
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
