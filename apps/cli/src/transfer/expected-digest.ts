import type { IncomingHttpHeaders } from 'node:http';
import { ValetkeyError } from '@valetkey/core';
import { contentDigests } from './content-digest.ts';

const algorithms = ['sha256', 'sha1', 'crc32'] as const;

/** A checksum that the store tells of the object. */
export interface ExpectedDigest {
  readonly update: (chunk: Uint8Array) => void;
  /** @throws ValetkeyError `checksum-mismatch` */
  readonly check: () => void;
}

/** The first checksum of an answer that can be reckoned here; one over parts (`…-3`) is none of the bytes. */
export function expectedDigest(headers: IncomingHttpHeaders): ExpectedDigest | undefined {
  for (const algorithm of algorithms) {
    const expected = headers[`x-amz-checksum-${algorithm}`];
    if (typeof expected !== 'string' || expected.includes('-')) continue;
    const digest = contentDigests[algorithm]();
    const check = () => {
      const got = digest.end();
      if (got === expected) return;
      throw new ValetkeyError('checksum-mismatch', { field: `x-amz-checksum-${algorithm}`, expected, got });
    };
    return { update: digest.update, check };
  }
  return undefined;
}
