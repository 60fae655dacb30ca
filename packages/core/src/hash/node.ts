/// <reference types="node" />
/** SHA-256 and HMAC by Node: the fastest there is. */
import { createHmac, hash } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;

/** Lower-case hexadecimal SHA-256 of the text's UTF-8. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** HMAC-SHA-256 of the text's UTF-8. */
export function hmacSha256(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}

/**
 * HMAC-SHA-256 under one key of at most 64 bytes: takes ASCII, gives lower-case hexadecimal. RFC 2104 over two
 * one-shot digests, because setting up `createHmac` takes ten times as long as both.
 */
export function hmacSha256Under(key: Uint8Array): (asciiText: string) => string {
  const inner = Buffer.alloc(1024, 0x36);
  const outer = Buffer.alloc(blockBytes + digestBytes, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  // Texts signed under one key mostly have one length.
  let message = inner;
  return (asciiText) => {
    const end = blockBytes + asciiText.length;
    if (message.length !== end) {
      message =
        end <= inner.length ? inner.subarray(0, end) : Buffer.concat([inner.subarray(0, blockBytes)], end);
    }
    message.write(asciiText, blockBytes, 'latin1');
    outer.write(hash('sha256', message, 'binary'), blockBytes, 'latin1');
    return hash('sha256', outer, 'hex');
  };
}
