import { ValetkeyError } from '../errors.ts';
import type { ObjectKey } from './brands.ts';
import { quote } from './quote.ts';
import { utf8Length } from './utf8.ts';

const maxKeyBytes = 1024;
const maxSegmentBytes = 255;
// C0, DEL, C1, bidirectional controls and the byte order mark.
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const plainStrict = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/**
 * How much of S3's freedom a key may use. `strict` is what every client and file system can carry;
 * `raw` also allows a trailing slash, backslashes, long segments and text that is not NFC.
 * @public
 */
export type KeySyntax = 'strict' | 'raw';

/**
 * What a key's place allows.
 * @public
 */
export interface KeyRules {
  /** @default 'strict' */
  readonly syntax?: KeySyntax;
  /**
   * Whether the store keeps `a//b` and `a/b` apart; only then does `raw` allow empty segments.
   * @default 'collapsed'
   */
  readonly slashes?: 'exact' | 'collapsed';
}

/**
 * A key that names one object and that no URL parser retargets: no `.` or `..` segment, no control
 * character, well-formed Unicode, 1–1024 bytes of UTF-8. Percent signs are ordinary characters.
 * @throws ValetkeyError `invalid-key`
 * @example
 * ```ts
 * parseKey('vision/v3/weights.bin', 'key');
 * ```
 * @public
 */
export function parseKey(input: unknown, field: string, rules: KeyRules = {}): ObjectKey {
  const expected = typeof input === 'string' ? violationOf(input, rules) : 'a key';
  if (expected !== undefined) throw new ValetkeyError('invalid-key', { field, expected, got: quote(input) });
  return input as ObjectKey;
}

function violationOf(key: string, rules: KeyRules): string | undefined {
  if (key === '') return 'a key of at least one character';
  if (key.length <= maxSegmentBytes && plainStrict.test(key)) return undefined;
  if (!key.isWellFormed()) return 'well-formed Unicode without lone surrogates';
  if (utf8Length(key) > maxKeyBytes) return `at most ${maxKeyBytes} bytes of UTF-8`;
  if (unprintable.test(key)) return 'no control characters, text direction marks or byte order mark';
  const segments = key.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'no "." or ".." segment';
  return rules.syntax === 'raw' ? slashViolationOf(segments, rules) : strictViolationOf(key, segments);
}

function slashViolationOf(segments: readonly string[], rules: KeyRules): string | undefined {
  if (rules.slashes === 'exact') return undefined;
  const inner = segments.slice(0, -1);
  return inner.includes('')
    ? 'no leading or doubled slash, which this store does not keep apart from a single one'
    : undefined;
}

function strictViolationOf(key: string, segments: readonly string[]): string | undefined {
  if (segments.includes('')) return 'no leading, trailing or doubled slash';
  if (key.includes('\\')) return 'no backslash';
  if (key.normalize('NFC') !== key) return 'text in Unicode normalisation form NFC';
  if (segments.some((segment) => utf8Length(segment) > maxSegmentBytes)) {
    return `at most ${maxSegmentBytes} bytes of UTF-8 between slashes`;
  }
  return undefined;
}
