import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { combineCrcs } from './combine-crcs.ts';
import { crc32c, crc64Nvme, type CrcTerms } from './crc-terms.ts';
import { createCrc } from './crc.ts';
import { createMd5 } from './md5.ts';
import type { RunningSum } from './running-sum.ts';
import { createSha256 } from './sha256.ts';

const text = (value: string) => new TextEncoder().encode(value);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function sumOf(sum: RunningSum, ...pieces: readonly Uint8Array[]): string {
  for (const piece of pieces) sum.update(piece);
  return hex(sum.digest());
}

/** Bytes that look random and are the same every time. */
function bytesOf(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

// The check values of the CRC catalogue, and RFC 3720's and NVMe's vectors of 32 and 4,096 bytes.
test.each<[string, CrcTerms, Uint8Array, string]>([
  ['CRC32C', crc32c, text(''), '00000000'],
  ['CRC32C', crc32c, text('123456789'), 'e3069283'],
  ['CRC32C', crc32c, new Uint8Array(32), '8a9136aa'],
  ['CRC32C', crc32c, new Uint8Array(32).fill(0xff), '62a8ab43'],
  ['CRC32C', crc32c, Uint8Array.from({ length: 32 }, (_, index) => index), '46dd794e'],
  ['CRC64NVME', crc64Nvme, text(''), '0000000000000000'],
  ['CRC64NVME', crc64Nvme, text('123456789'), 'ae8b14860a799888'],
  ['CRC64NVME', crc64Nvme, new Uint8Array(4096), '6482d367eb22b64e'],
  ['CRC64NVME', crc64Nvme, new Uint8Array(4096).fill(0xff), 'c0ddba7302eca3ac'],
])('%s of a known vector', (_name, terms, bytes, expected) => {
  expect(sumOf(createCrc(terms), bytes)).toBe(expected);
});

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000])(
  'SHA-256 of %i bytes is that of Node',
  (length) => {
    const bytes = bytesOf(length);
    expect(sumOf(createSha256(), bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  },
);

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000])('MD5 of %i bytes is that of Node', (length) => {
  const bytes = bytesOf(length);
  expect(sumOf(createMd5(), bytes)).toBe(createHash('md5').update(bytes).digest('hex'));
});

test.each<[string, () => RunningSum]>([
  ['CRC32C', () => createCrc(crc32c)],
  ['CRC64NVME', () => createCrc(crc64Nvme)],
  ['SHA256', createSha256],
  ['MD5', createMd5],
])('%s does not depend on how the bytes are cut', (_name, create) => {
  const bytes = bytesOf(1000);
  const whole = sumOf(create(), bytes);
  for (const cut of [0, 1, 7, 8, 9, 63, 64, 65, 500, 999]) {
    expect(sumOf(create(), bytes.subarray(0, cut), bytes.subarray(cut))).toBe(whole);
  }
});

test.each([
  ['CRC32C', crc32c],
  ['CRC64NVME', crc64Nvme],
])('%s of a whole is combined out of its parts', (_name, terms) => {
  const bytes = bytesOf(1000);
  const whole = BigInt(`0x${sumOf(createCrc(terms), bytes)}`);
  for (const size of [1, 7, 64, 300, 999, 1000]) {
    const parts = Array.from({ length: Math.ceil(1000 / size) }, (_, index) => {
      const part = bytes.subarray(index * size, (index + 1) * size);
      return { crc: BigInt(`0x${sumOf(createCrc(terms), part)}`), bytes: part.length };
    });
    expect(combineCrcs(terms, parts)).toBe(whole);
  }
  expect(combineCrcs(terms, [])).toBe(0n);
});
