import { ValetkeyError } from '../errors.ts';
import type { BucketName } from './brands.ts';
import { quote } from './quote.ts';

const shape = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ipv4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/** Many URLs are signed for one bucket. */
let latest: BucketName | undefined;

/**
 * A name that is a bucket's and nothing else: no path, no other host, no access point.
 * @throws ValetkeyError `invalid-bucket`
 * @public
 */
export function parseBucket(input: unknown, field: string): BucketName {
  if (input === latest && latest !== undefined) return latest;
  const expected = typeof input === 'string' ? violationOf(input) : 'a bucket name';
  if (expected !== undefined)
    throw new ValetkeyError('invalid-bucket', { field, expected, got: quote(input) });
  latest = input as BucketName;
  return latest;
}

function violationOf(name: string): string | undefined {
  if (!shape.test(name)) {
    return '3 to 63 characters of a-z, 0-9, "." and "-" that begin and end with a letter or digit';
  }
  if (name.includes('..')) return 'no two dots in a row';
  if (ipv4.test(name)) return 'a name that is not an IPv4 address';
  const prefix = reservedPrefixes.find((reserved) => name.startsWith(reserved));
  if (prefix !== undefined) return `a name without the reserved prefix ${prefix}`;
  const suffix = reservedSuffixes.find((reserved) => name.endsWith(reserved));
  if (suffix !== undefined) return `a name without the reserved suffix ${suffix}`;
  return undefined;
}
