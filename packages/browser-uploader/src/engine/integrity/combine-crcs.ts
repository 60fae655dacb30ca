/**
 * The CRC of a whole out of the CRCs of its parts, without their bytes: multiplication by powers of x modulo the
 * polynomial, as zlib's `crc32_combine` does it.
 */
import type { CrcTerms } from './crc-terms.ts';

interface SummedPart {
  readonly crc: bigint;
  readonly bytes: number;
}

/** Of parts in their order; of none it is the CRC of nothing, 0. */
export function combineCrcs(terms: CrcTerms, parts: readonly SummedPart[]): bigint {
  // Parts are of two sizes at most.
  const shifts = new Map<number, bigint>();
  return parts.reduce((whole, { crc, bytes }) => {
    const shift = shifts.get(bytes) ?? powerOfX(terms, BigInt(bytes) * 8n);
    shifts.set(bytes, shift);
    return multiply(terms, shift, whole) ^ crc;
  }, 0n);
}

/** x to the exponent, reflected. */
function powerOfX(terms: CrcTerms, exponent: bigint): bigint {
  const one = 1n << BigInt(terms.bits - 1);
  let power = one;
  let square = one >> 1n;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) power = multiply(terms, square, power);
    square = multiply(terms, square, square);
  }
  return power;
}

function multiply({ bits, polynomial }: CrcTerms, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << BigInt(bits - 1); bit > 0n; bit >>= 1n) {
    if ((a & bit) !== 0n) product ^= factor;
    factor = (factor & 1n) === 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}
