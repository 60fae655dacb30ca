import { toBase64, utf8Bytes } from '../grammar/base64.ts';

/** RFC 2047 section 2: an encoded word is at most 75 characters; 12 of them are `=?UTF-8?B?` and `?=`. */
const maxBytesPerWord = 45;

/**
 * A header value in ASCII: unchanged when it is ASCII already, otherwise RFC 2047 encoded words, which is how
 * S3 keeps and returns user-defined metadata in other scripts.
 */
export function encodeWord(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const words: string[] = [];
  let bytes: number[] = [];
  for (const character of value) {
    const encoded = utf8Bytes(character);
    if (bytes.length + encoded.length > maxBytesPerWord) {
      words.push(toWord(bytes));
      bytes = [];
    }
    bytes.push(...encoded);
  }
  words.push(toWord(bytes));
  return words.join(' ');
}

function toWord(bytes: readonly number[]): string {
  return `=?UTF-8?B?${toBase64(bytes)}?=`;
}
