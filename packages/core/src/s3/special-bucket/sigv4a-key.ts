import { createECDH, createHmac, createPrivateKey, type KeyObject } from 'node:crypto';
import type { SigningCredentials } from '../../signing/credentials.ts';

const curve = 'prime256v1';
const scalarBytes = 32;
/** Order of P-256 less two: FIPS 186-4, B.4.2, takes candidates up to it. */
const orderLessTwo = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn;
const maxCounter = 254;

/**
 * The key pair that stands for credentials in Signature Version 4A, the same for every region. Source: NIST SP
 * 800-108 counter mode and FIPS 186-4 B.4.2, as the AWS Common Runtime combines them.
 */
export function sigv4aKey({ accessKeyId, secretAccessKey }: SigningCredentials): KeyObject {
  for (let counter = 1; counter <= maxCounter; counter += 1) {
    const candidate = BigInt(`0x${derive(accessKeyId, secretAccessKey, counter).toString('hex')}`);
    if (candidate <= orderLessTwo) return toKey(candidate + 1n);
  }
  // Each candidate is over the order once in four billion times.
  throw new RangeError('no counter gives a scalar of P-256');
}

function derive(accessKeyId: string, secretAccessKey: string, counter: number): Buffer {
  const input = Buffer.concat([
    Buffer.from([0, 0, 0, 1]),
    Buffer.from('AWS4-ECDSA-P256-SHA256\0', 'latin1'),
    Buffer.from(accessKeyId, 'utf8'),
    Buffer.from([counter]),
    Buffer.from([0, 0, 1, 0]),
  ]);
  return createHmac('sha256', `AWS4A${secretAccessKey}`).update(input).digest();
}

function toKey(scalar: bigint): KeyObject {
  const pair = createECDH(curve);
  const d = Buffer.from(scalar.toString(16).padStart(scalarBytes * 2, '0'), 'hex');
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const part = (from: number) => point.subarray(from, from + scalarBytes).toString('base64url');
  return createPrivateKey({
    key: { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x: part(1), y: part(1 + scalarBytes) },
    format: 'jwk',
  });
}
