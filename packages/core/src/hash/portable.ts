/** SHA-256 and HMAC where there is no Node: synchronous, unlike Web Crypto. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Lower-case hexadecimal SHA-256 of the text's UTF-8. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** HMAC-SHA-256 of the text's UTF-8. */
export function hmacSha256(key: string | Uint8Array, text: string): Uint8Array {
  return hmac(sha256, typeof key === 'string' ? utf8ToBytes(key) : key, utf8ToBytes(text));
}

/** HMAC-SHA-256 under one key of at most 64 bytes: takes ASCII, gives lower-case hexadecimal. */
export function hmacSha256Under(key: Uint8Array): (asciiText: string) => string {
  return (asciiText) => bytesToHex(hmacSha256(key, asciiText));
}
