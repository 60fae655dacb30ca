/** Base64 and UTF-8 without what only some runtimes have. */
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** UTF-8 bytes of one character, by way of the percent encoding, which every runtime has. */
export function utf8Bytes(character: string): readonly number[] {
  const encoded = encodeURIComponent(character);
  if (!encoded.startsWith('%')) return [character.charCodeAt(0)];
  return encoded
    .slice(1)
    .split('%')
    .map((digits) => Number.parseInt(digits, 16));
}

/** RFC 4648, section 4. */
export function toBase64(bytes: readonly number[]): string {
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
