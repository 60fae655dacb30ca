/** Legal requests to S3 of every kind, drawn from what people really name, store and configure. */
import fc from 'fast-check';

import { parseKey } from '../../src/grammar/key.ts';
import type { Addressing } from '../../src/signing/object-address.ts';
import type { StoreDescription } from '../../src/store/define-store.ts';

const commercial = ['us-east-1', 'eu-central-1', 'ap-southeast-2', 'il-central-1', 'mx-central-1'];
const others = [
  'cn-north-1',
  'us-gov-west-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
];

const keyCharacter = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcXYZ019-._~ !\'()*$&+,:;=@%?#[]{}^`|<>"') },
  { weight: 2, arbitrary: fc.constantFrom('é', 'ß', '語', '🗝', 'ا', 'ñ') },
);
const key = fc
  .array(fc.string({ unit: keyCharacter, minLength: 1, maxLength: 24 }), { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('/'))
  .filter(isLegalKey);
const headerText = fc
  .string({ unit: fc.constantFrom(...'abc XYZ-_.;=/\'"()'), minLength: 1, maxLength: 30 })
  .map((text) => text.trim().replaceAll(/\s+/g, ' '))
  .filter((text) => text !== '');
const tagText = fc.string({ unit: fc.constantFrom(...'ab Z0_.:/=+-@é'), minLength: 1, maxLength: 12 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const maybe = fc.boolean();

/** Where the object is: one of AWS's endpoints, or somebody's own. */
type Place = Omit<StoreDescription, 'name' | 'addressing'> & {
  readonly addressing: Addressing;
  readonly bucket: string;
};

const bucket = fc.constantFrom('models', 'user-media', 'a.dotted.bucket', 'abc');
const awsPlace: fc.Arbitrary<Place> = fc
  .record({
    profile: fc.constant('aws' as const),
    region: fc.constantFrom(...commercial, ...others),
    addressing: fc.constantFrom('by-bucket', 'path'),
    bucket,
    useDualstackEndpoint: maybe,
    useFipsEndpoint: maybe,
    useAccelerateEndpoint: maybe,
  })
  .filter(exists);
const ownPlace: fc.Arbitrary<Place> = fc.record({
  profile: fc.constant('s3' as const),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'auto'),
  addressing: fc.constantFrom('by-bucket', 'path'),
  bucket,
  endpoint: fc.constantFrom(
    'https://s3.internal:9000',
    'https://storage.example.com:443',
    'https://files.example.com/storage/s3',
    'http://plain.example.com:8080',
    'http://127.0.0.1:8333',
    'http://[::1]:9000',
    'http://[2001:db8::8a2e:370:7334]/base',
  ),
});

export const legalRequest = fc.record({
  operation: fc.constantFrom('get', 'head', 'put', 'part', 'delete'),
  place: fc.oneof({ weight: 2, arbitrary: awsPlace }, { weight: 1, arbitrary: ownPlace }),
  key,
  expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
  nowSeconds: fc.integer({ min: 1_400_000_000, max: 2_000_000_000 }),
  // Few of them, so that the SDK's clients can be kept.
  sessionToken: fc.constantFrom(undefined, 'aA0+/=='.repeat(3), 'FwoGZXIvYXdzEBYaDH'.padEnd(900, '+/=aB9')),
  versionId: optional(
    fc.constantFrom('null', '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo'),
  ),
  partNumber: fc.integer({ min: 1, max: 10_000 }),
  uploadId: fc.constantFrom('VXBsb2FkIElE', '2~a+b/c=', 'x.y_z-0'),
  response: fc.record({
    contentType: optional(headerText),
    contentDisposition: optional(headerText),
    cacheControl: optional(headerText),
    contentEncoding: optional(fc.constantFrom('gzip', 'br')),
    contentLanguage: optional(fc.constantFrom('de', 'en, mi')),
    expires: optional(fc.constant('Wed, 25 Nov 2026 18:00:00 GMT')),
  }),
  upload: fc.record({
    contentType: optional(fc.constantFrom('image/png', 'text/plain; charset=utf-8')),
    contentLength: optional(fc.integer({ min: 0, max: 2 ** 40 })),
    metadata: optional(fc.dictionary(fc.constantFrom('caption', 'by', 'x-1'), headerText)),
    ifNoneMatch: optional(fc.constant('*' as const)),
    ifMatch: optional(fc.constant('"9e107d9d372bb6826bd81d3542a419d6"')),
    checksum: fc.constantFrom(
      { algorithm: 'SHA256' as const, value: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' },
      { algorithm: 'SHA1' as const, value: '2jmj7l5rSw0yVb/vlWAYkK/YBwk=' },
      { algorithm: 'CRC32' as const, value: 'AAAAAA==' },
      { algorithm: 'CRC32C' as const, value: 'y/Z+0g==' },
      { algorithm: 'CRC64NVME' as const, value: 'AAAAAAAAAAA=' },
      undefined,
    ),
    cacheControl: optional(fc.constant('public, max-age=3600')),
    contentDisposition: optional(fc.constant('attachment; filename="a b.csv"')),
    contentEncoding: optional(fc.constant('gzip')),
    contentLanguage: optional(fc.constant('de')),
    serverSideEncryption: optional(
      fc.constantFrom(
        { algorithm: 'AES256' as const },
        { algorithm: 'aws:kms' as const },
        {
          algorithm: 'aws:kms:dsse' as const,
          keyId: 'arn:aws:kms:us-east-1:111122223333:key/a-b',
          bucketKeyEnabled: true,
        },
      ),
    ),
    tagging: optional(fc.dictionary(tagText, tagText, { minKeys: 1, maxKeys: 5, noNullPrototype: true })),
    legalHold: optional(maybe),
    retention: optional(
      fc.constantFrom(
        { mode: 'GOVERNANCE' as const, retainUntil: '2027-01-31T00:00:00Z' },
        { mode: 'COMPLIANCE' as const, retainUntil: '2030-06-01T12:34:56Z' },
      ),
    ),
    expectedBucketOwner: optional(fc.constant('111122223333')),
  }),
});

/** One request of {@link legalRequest}. */
export type LegalRequest = typeof legalRequest extends fc.Arbitrary<infer T> ? T : never;

/** Combinations that AWS does not have, and that the SDK refuses as we do. */
function exists(place: Place): boolean {
  const { region = '', useFipsEndpoint, useAccelerateEndpoint, addressing } = place;
  if (useFipsEndpoint === true && region.startsWith('cn-')) return false;
  if (useAccelerateEndpoint !== true) return true;
  return (
    useFipsEndpoint !== true &&
    addressing !== 'path' &&
    !place.bucket.includes('.') &&
    commercial.includes(region)
  );
}

function isLegalKey(candidate: string): boolean {
  try {
    return parseKey(candidate, 'key') !== '';
  } catch {
    return false;
  }
}
