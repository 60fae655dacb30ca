const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
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
    const encoded = utf8(character);
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

/** UTF-8 bytes by way of the percent encoding, which every runtime has. */
function utf8(character: string): readonly number[] {
  const encoded = encodeURIComponent(character);
  if (!encoded.startsWith('%')) return [character.charCodeAt(0)];
  return encoded
    .slice(1)
    .split('%')
    .map((digits) => Number.parseInt(digits, 16));
}

function toBase64(bytes: readonly number[]): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second, third] = bytes.slice(index, index + 3);
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += base64.charAt(bits >> 18) + base64.charAt((bits >> 12) & 63);
    text += second === undefined ? '=' : base64.charAt((bits >> 6) & 63);
    text += third === undefined ? '=' : base64.charAt(bits & 63);
  }
  return text;
}
