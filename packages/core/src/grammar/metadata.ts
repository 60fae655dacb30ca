import { ValetkeyError } from '../errors.ts';
import { quote } from './quote.ts';
import { utf8Length } from './utf8.ts';

const namePattern = /^[a-z0-9-]{1,64}$/;
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
/** S3's limit on the sum of all user-defined names and values, in bytes. */
const maxTotalBytes = 2048;

/**
 * User-defined object metadata, names without `x-amz-meta-`. Values are printable and may hold any script.
 * @throws ValetkeyError `invalid-metadata`
 * @public
 */
export function parseMetadata(input: unknown, field: string): Readonly<Record<string, string>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ValetkeyError('invalid-metadata', { field, expected: 'names with values', got: quote(input) });
  }
  const metadata: Record<string, string> = {};
  let totalBytes = 0;
  for (const [name, value] of Object.entries(input)) {
    metadata[name] = parseEntry(name, value, field);
    totalBytes += name.length + utf8Length(metadata[name]);
  }
  if (totalBytes > maxTotalBytes) {
    throw new ValetkeyError('invalid-metadata', {
      field,
      expected: `at most ${maxTotalBytes} bytes of names and values`,
      got: `${totalBytes} bytes`,
    });
  }
  return metadata;
}

function parseEntry(name: string, value: unknown, field: string): string {
  if (!namePattern.test(name)) {
    throw new ValetkeyError('invalid-metadata', {
      field,
      expected: 'names of 1 to 64 characters of a-z, 0-9 and "-"',
      got: quote(name),
    });
  }
  if (typeof value !== 'string' || value === '' || !isPrintable(value)) {
    throw new ValetkeyError('invalid-metadata', {
      field: `${field}.${name}`,
      expected: 'printable text without leading or trailing space',
      got: quote(value),
    });
  }
  return value;
}

function isPrintable(value: string): boolean {
  return value.isWellFormed() && !unprintable.test(value) && value.trim() === value;
}
