/** SHA-256 and HMAC where there is no Node. */
import { sha256 } from './sha256.ts';

/** Every runtime has it; the language's own library of types does not. */
declare const TextEncoder: new () => { readonly encode: (text: string) => Uint8Array };

const blockBytes = 64;
const encoder = new TextEncoder();

/** Lower-case hexadecimal SHA-256 of the text's UTF-8. */
export function sha256Hex(text: string): string {
  return toHex(sha256(encoder.encode(text)));
}

/** HMAC-SHA-256 of the text's UTF-8. Source: RFC 2104. */
export function hmacSha256(key: string | Uint8Array, text: string): Uint8Array {
  const bytes = typeof key === 'string' ? encoder.encode(key) : key;
  const block = new Uint8Array(blockBytes);
  block.set(bytes.length > blockBytes ? sha256(bytes) : bytes);
  const inner = sha256(join(masked(block, 0x36), encoder.encode(text)));
  return sha256(join(masked(block, 0x5c), inner));
}

/** HMAC-SHA-256 under one key of at most 64 bytes: takes ASCII, gives lower-case hexadecimal. */
export function hmacSha256Under(key: Uint8Array): (asciiText: string) => string {
  return (asciiText) => toHex(hmacSha256(key, asciiText));
}

function masked(block: Uint8Array, mask: number): Uint8Array {
  return block.map((byte) => byte ^ mask);
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
