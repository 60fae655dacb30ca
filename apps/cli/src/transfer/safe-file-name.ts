const maxBytes = 200;
const fallback = 'download';
const encoder = new TextEncoder();
/** What a terminal obeys, what text direction turns round, and what some file system forbids. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]/gu;
/** Names that Windows gives to devices, with any extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * A file name for an object, from the last part of its key: one name without a path, not hidden, no option, none
 * of a device, at most 200 bytes of UTF-8, in NFC, and with nothing that a terminal would obey.
 */
export function safeFileName(key: string): string {
  const last = key.split('/').findLast((segment) => segment !== '') ?? '';
  const plain = last
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(unsafe, '_')
    .replaceAll(/^[\s.-]+|[\s.]+$/gu, '');
  const name = shorten(device.test(plain) ? `_${plain}` : plain);
  return name === '' ? fallback : name;
}

/** Cuts before the extension, which says what opens the file. */
function shorten(name: string): string {
  if (encoder.encode(name).byteLength <= maxBytes) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  let stem = '';
  let left = maxBytes - extension.length;
  for (const character of name.slice(0, name.length - extension.length)) {
    left -= encoder.encode(character).byteLength;
    if (left < 0) break;
    stem += character;
  }
  return `${stem.replace(/[\s.]+$/u, '')}${extension}`;
}
