import type { Checksum } from './checksum.ts';
import { combineCrcs } from './combine-crcs.ts';
import { crc32c, crc64Nvme, type CrcTerms } from './crc-terms.ts';
import { createWorkerDigest } from './worker-digest.ts';
import type { WorkerAlgorithm } from './worker-messages.ts';

/**
 * Where the Worker comes from.
 * @public
 */
export interface ChecksumOptions {
  /** Address of `checksum-worker.js`, when the bundler moves it. @default beside this module */
  readonly workerUrl?: URL | undefined;
}

const crcs = {
  CRC64NVME: crc64Nvme,
  CRC32C: crc32c,
  SHA256: undefined,
} satisfies Partial<Record<WorkerAlgorithm, CrcTerms | undefined>>;

/**
 * Checksums of files, summed in a module Worker that is loaded at the first one. Needs `worker-src 'self'` in the
 * page's policy, and `trusted-types valetkey` where Trusted Types are required.
 * @public
 */
export function createChecksum(
  algorithm: 'CRC64NVME' | 'CRC32C' | 'SHA256',
  { workerUrl }: ChecksumOptions = {},
): Checksum {
  const worker = createWorkerDigest(workerUrl);
  const terms = crcs[algorithm];
  return {
    algorithm,
    digest: async (bytes, signal) => toBase64(await worker.digest(algorithm, bytes, signal)),
    ...(terms === undefined ? {} : { combine: combineWith(terms) }),
  };
}

function combineWith(terms: CrcTerms): NonNullable<Checksum['combine']> {
  return (parts) => {
    const whole = combineCrcs(
      terms,
      parts.map(({ value, bytes }) => ({ crc: fromBase64(value), bytes })),
    );
    const digest = Uint8Array.from({ length: terms.bits / 8 }, (_, index) =>
      Number((whole >> BigInt(terms.bits - 8 * (index + 1))) & 0xffn),
    );
    return toBase64(digest);
  };
}

function fromBase64(text: string): bigint {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
