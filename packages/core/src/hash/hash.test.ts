/// <reference types="node" />
import { createHash, createHmac } from 'node:crypto';

import { hmacSha256, hmacSha256Under, sha256Hex } from '#hash';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 3000 });

test('SHA-256 and HMAC are those of OpenSSL', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      ascii,
      fc.string({ unit: 'grapheme' }),
      (key, text, any) => {
        expect(sha256Hex(any)).toBe(createHash('sha256').update(any).digest('hex'));
        expect(Buffer.from(hmacSha256(key, any))).toEqual(createHmac('sha256', key).update(any).digest());
        expect(hmacSha256Under(key)(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
      },
    ),
  );
});

test('an HMAC leaves nothing behind for the next one under the same key', () => {
  const sign = hmacSha256Under(Buffer.from('key'));
  const expected = createHmac('sha256', 'key').update('short').digest('hex');
  expect([sign('a much longer text'.repeat(200)), sign('a text of some length'), sign('short')][2]).toBe(
    expected,
  );
});
