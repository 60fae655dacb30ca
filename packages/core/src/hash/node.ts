/// <reference types="node" />
/** SHA-256 and HMAC by Node: the fastest there is. */
import { createHmac, hash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of the text's UTF-8. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** HMAC-SHA-256 of the text's UTF-8. */
export function hmacSha256(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}

/** Lower-case hexadecimal HMAC-SHA-256 of the text's UTF-8. */
export function hmacSha256Hex(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
