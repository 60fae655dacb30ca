/** What may be a bucket, a key and so on: written from the description of the grammar, character by character. */
import { isIPv4, isIPv6 } from 'node:net';

const alphanumeric = new Set('abcdefghijklmnopqrstuvwxyz0123456789');
const digits = new Set('0123456789');
const reserved = {
  before: ['xn--', 'sthree-', 'amzn-s3-demo-'],
  after: ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'],
};

const holdsOnly = (text: string, allowed: ReadonlySet<string>) =>
  [...text].every((character) => allowed.has(character));
const isDigits = (text: string, most: number) =>
  text !== '' && text.length <= most && holdsOnly(text, digits);
const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength;

/** Whether it names a bucket. */
export function isBucket(text: string): boolean {
  if (text.length < 3 || text.length > 63) return false;
  if (!alphanumeric.has(text.charAt(0)) || !alphanumeric.has(text.charAt(text.length - 1))) return false;
  if (!holdsOnly(text.replaceAll(/[.-]/g, ''), alphanumeric) || text.includes('..')) return false;
  const labels = text.split('.');
  if (labels.length === 4 && labels.every((label) => isDigits(label, 3))) return false;
  return (
    !reserved.before.some((prefix) => text.startsWith(prefix)) &&
    !reserved.after.some((suffix) => text.endsWith(suffix))
  );
}

/** Whether it names an object, under one of the three sets of rules. */
export function isKey(text: string, rules: 'strict' | 'raw' | 'raw and exact'): boolean {
  if (text === '' || /\p{Surrogate}/u.test(text) || bytesOf(text) > 1024) return false;
  if ([...text].some((character) => isUnseen(character.codePointAt(0) ?? 0))) return false;
  const segments = text.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) return false;
  if (rules === 'raw and exact') return true;
  if (rules === 'raw') return !text.startsWith('/') && !text.includes('//');
  return (
    !text.includes('\\') &&
    text === text.normalize('NFC') &&
    segments.every((segment) => segment !== '' && bytesOf(segment) <= 255)
  );
}

/** C0, DEL and C1, marks of text direction, byte order mark. */
function isUnseen(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  if (code >= 0x202a && code <= 0x202e) return true;
  if (code >= 0x2066 && code <= 0x2069) return true;
  return [0x061c, 0x200e, 0x200f, 0xfeff].includes(code);
}

/** A lifetime in seconds, or nothing. */
export function lifetimeOf(input: unknown): number | undefined {
  if (typeof input !== 'number' || !(input >= 1) || !(input <= 7 * 24 * 3600)) return undefined;
  return Math.trunc(input) === input ? input : undefined;
}

/** Seconds of hours, minutes and seconds in that order, or nothing. */
export function durationOf(text: string): number | undefined {
  let rest = text;
  let seconds = 0;
  let found = 0;
  for (const [unit, factor, most] of [
    ['h', 3600, 6],
    ['m', 60, 8],
    ['s', 1, 10],
  ] as const) {
    const at = rest.indexOf(unit);
    if (at === -1 || !isDigits(rest.slice(0, at), most)) continue;
    seconds += Number(rest.slice(0, at)) * factor;
    rest = rest.slice(at + 1);
    found += 1;
  }
  return rest === '' && found > 0 ? seconds : undefined;
}

/** Bytes, or nothing. */
export function sizeOf(input: string | number): number | undefined {
  const text = String(input);
  const power = ['', 'Ki', 'Mi', 'Gi', 'Ti'].findLastIndex((unit) => text.endsWith(unit));
  const count = text.slice(0, power === 0 ? text.length : -2);
  if (!isDigits(count, 15)) return undefined;
  const bytes = BigInt(count) << BigInt(10 * power);
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
}

/** A base URL as a URL parser reads it, when nothing of it would be read otherwise than it is written. */
export function endpointOf(text: string): object | undefined {
  const [, scheme = '', authority = '', path = ''] = /^(https?):\/\/([^/]*)(\/.*)?$/i.exec(text) ?? [];
  if (scheme === '' || text.length > 512) return undefined;
  const colon = authority.lastIndexOf(':');
  const hasPort = colon > authority.lastIndexOf(']');
  const host = (hasPort ? authority.slice(0, colon) : authority).toLowerCase();
  const port = hasPort ? authority.slice(colon + 1) : '1';
  if (!isDigits(port, 5) || Number(port) < 1 || Number(port) > 65_535 || !isHost(host)) return undefined;
  const folders = path.replace(/\/$/, '').split('/').slice(1);
  if (!folders.every((folder) => /^[\w.~-]+$/.test(folder) && folder !== '.' && folder !== '..'))
    return undefined;
  const url = new URL(text);
  const isAddress = host.startsWith('[') || isIPv4(host);
  const isAccelerate = /^s3-accelerate(\.dualstack)?\.amazonaws\.com$/.test(host);
  return {
    scheme: url.protocol.slice(0, -1),
    hostname: url.hostname,
    port: url.port === '' ? '' : `:${url.port}`,
    basePath: url.pathname.replace(/\/$/, ''),
    kind:
      (isAddress && 'address') || (host === 'localhost' && host) || (isAccelerate && 'accelerate') || 'name',
  };
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return host.endsWith(']') && !host.includes('%') && isIPv6(host.slice(1, -1));
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  if (isDigits(last, 253) || /^0x[0-9a-f]*$/.test(last)) return isIPv4(host);
  return (
    host.length <= 253 &&
    labels.every(
      (label) =>
        label.length > 0 &&
        label.length <= 63 &&
        holdsOnly(label.replaceAll('-', ''), alphanumeric) &&
        !label.startsWith('-') &&
        !label.endsWith('-'),
    )
  );
}
