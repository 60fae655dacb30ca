/// <reference types="node" />
import { createHash, randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { hmacSha256 } from './portable.ts';
import { sha256 } from './sha256.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// FIPS 180-4 examples; https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('the digest of %j is the one of the standard', (text, digest) => {
  expect(hex(sha256(Buffer.from(text)))).toBe(digest);
});

test('bytes of every length around the blocks have the digest of OpenSSL', () => {
  for (let length = 0; length <= 260; length += 1) {
    const bytes = randomBytes(length);
    expect([length, hex(sha256(bytes))]).toEqual([length, createHash('sha256').update(bytes).digest('hex')]);
  }
  const large = randomBytes(1_000_003);
  expect(hex(sha256(large))).toBe(createHash('sha256').update(large).digest('hex'));
});

// RFC 4231, test cases 2 and 6.
test.each([
  [
    'Jefe',
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    Uint8Array.from({ length: 131 }, () => 0xaa),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])('an HMAC is the one of RFC 4231', (key, text, mac) => {
  expect(hex(hmacSha256(key, text))).toBe(mac);
});
