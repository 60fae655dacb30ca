/**
 * CRCs of 32 and 64 bits by tables, eight bytes a step (Kounavis and Berry, "Novel Table Lookup-Based Algorithms
 * for High-Performance CRC Generation"). The register is two halves of 32 bits, since a `bigint` per byte is slow;
 * a CRC of 32 bits has an upper half of zero.
 */
import type { CrcTerms } from './crc-terms.ts';
import type { RunningSum } from './running-sum.ts';

const tableCount = 8;

interface Tables {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

export function createCrc(terms: CrcTerms): RunningSum {
  const { low: lowTable, high: highTable } = tablesOf(terms);
  let low = 0xffff_ffff;
  let high = terms.bits === 64 ? 0xffff_ffff : 0;
  const step = (bytes: Uint8Array, index: number) => {
    const entry = (low ^ (bytes[index] ?? 0)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (lowTable[entry] ?? 0);
    high = (high >>> 8) ^ (highTable[entry] ?? 0);
  };
  const stepEight = (first: number, second: number) => {
    const a = low ^ first;
    const b = high ^ second;
    low = 0;
    high = 0;
    for (let place = 0; place < 4; place += 1) {
      const shift = place * 8;
      const earlier = (7 - place) * 256 + ((a >>> shift) & 0xff);
      const later = (3 - place) * 256 + ((b >>> shift) & 0xff);
      low ^= (lowTable[earlier] ?? 0) ^ (lowTable[later] ?? 0);
      high ^= (highTable[earlier] ?? 0) ^ (highTable[later] ?? 0);
    }
  };
  return {
    update: (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const whole = bytes.length - (bytes.length % 8);
      for (let index = 0; index < whole; index += 8) {
        stepEight(view.getUint32(index, true), view.getUint32(index + 4, true));
      }
      for (let index = whole; index < bytes.length; index += 1) step(bytes, index);
    },
    digest: () => {
      const bytes = new Uint8Array(terms.bits / 8);
      const view = new DataView(bytes.buffer);
      if (terms.bits === 64) view.setUint32(0, ~high >>> 0);
      view.setUint32(bytes.length - 4, ~low >>> 0);
      return bytes;
    },
  };
}

function tablesOf({ polynomial }: CrcTerms): Tables {
  const low = new Uint32Array(tableCount * 256);
  const high = new Uint32Array(tableCount * 256);
  const polynomialLow = Number(polynomial & 0xffff_ffffn);
  const polynomialHigh = Number(polynomial >> 32n);
  for (let byte = 0; byte < 256; byte += 1) {
    let a = byte;
    let b = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (a & 1) === 1;
      a = (a >>> 1) | (b << 31);
      b >>>= 1;
      if (isOdd) {
        a ^= polynomialLow;
        b ^= polynomialHigh;
      }
    }
    low[byte] = a;
    high[byte] = b;
  }
  for (let index = 256; index < tableCount * 256; index += 1) {
    const a = low[index - 256] ?? 0;
    const b = high[index - 256] ?? 0;
    low[index] = ((a >>> 8) | (b << 24)) ^ (low[a & 0xff] ?? 0);
    high[index] = (b >>> 8) ^ (high[a & 0xff] ?? 0);
  }
  return { low, high };
}
