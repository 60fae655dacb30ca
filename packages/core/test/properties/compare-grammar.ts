/** The grammar beside its reference: the same texts taken, the same refused, the same read out of them. */
import fc from 'fast-check';

import { ValetkeyError } from '../../src/errors.ts';
import { parseBucket } from '../../src/grammar/bucket.ts';
import { parseEndpoint } from '../../src/grammar/endpoint.ts';
import { parseKey } from '../../src/grammar/key.ts';
import { parseLifetimeSeconds } from '../../src/grammar/lifetime.ts';
import { parseDurationSeconds, parseSizeBytes } from '../../src/grammar/quantity.ts';
import { durationOf, endpointOf, isBucket, isKey, lifetimeOf, sizeOf } from './grammar-reference.ts';

/** How many were taken, and how many refused. */
export interface Compared {
  readonly taken: number;
  readonly refused: number;
}

const piecesOf = (pieces: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...pieces), { maxLength }).map((parts) => parts.join(''));
/** Text near what is legal, and now and then any. */
const near = (legal: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 9, arbitrary: legal },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(legal, fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
        .map(([text, at, odd]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + odd + text.slice(place);
        }),
    },
  );
const lengths = (limit: number) => fc.constantFrom(limit - 1, limit, limit + 1);

const bucket = near(
  fc.oneof(
    piecesOf(
      ['a', 'b0', '9', '.', '-', 'xn--', 'sthree-', 'amzn-s3-demo-', '-s3alias', '.mrap', 'A', '_'],
      6,
    ),
    piecesOf(['a', '--ol-s3', '--x-s3', '--table-s3', '-', 'x'], 5),
    fc
      .array(fc.constantFrom('1', '255', '1234', 'a'), { minLength: 3, maxLength: 5 })
      .map((l) => l.join('.')),
    fc.oneof(lengths(3), lengths(63)).map((length) => 'a'.repeat(length)),
  ),
);
const keyPieces = [
  'a',
  'b.txt',
  '/',
  '//',
  '.',
  '..',
  '\\',
  '%2e',
  ' ',
  '語',
  'é',
  'e\u0301',
  '\u202e',
  '\u2066',
];
const key = near(
  fc.oneof(
    piecesOf([...keyPieces, '\u061c', '\u200f', '\ufeff', '\u007f', '\u0085', '\u00a0', '\ud83d', '🗝'], 8),
    fc.tuple(lengths(255), piecesOf(['/', 'a'], 4)).map(([length, rest]) => 'x'.repeat(length) + rest),
    lengths(512).map((length) => 'é'.repeat(length)),
    lengths(341).map((length) => `${'語/'.repeat(85)}${'語'.repeat(length - 170)}`),
  ),
);
const lifetime = fc.oneof(
  fc.constantFrom<unknown>(0, 1, -1, 604_800, 604_801, 0.5, 1.5, Number.NaN, Infinity, '60', null, true, 60n),
  fc.integer({ min: -5, max: 605_000 }),
  fc.double(),
  fc.anything(),
);
const digits = fc.oneof(
  fc.nat({ max: 99 }).map(String),
  fc.constantFrom('', '0', '00', '-1', '1.5', '999999', '1000000', '99999999', '100000000', '9999999999'),
);
const duration = near(
  fc
    .array(fc.tuple(digits, fc.constantFrom('h', 'm', 's', 'd', '', ' ')), { maxLength: 4 })
    .map((parts) => parts.flat().join('')),
);
const size = fc.oneof(
  near(
    fc
      .tuple(
        fc.oneof(digits, fc.constantFrom('8191', '8192', '9007199254740991', '999999999999999')),
        fc.constantFrom('', 'Ki', 'Mi', 'Gi', 'Ti', 'K', 'Pi', 'ki', ' Ki'),
      )
      .map((parts) => parts.join('')),
  ),
  fc.integer(),
  fc.double(),
);
const label = piecesOf(['a', 'b0', '-', 's3', '7', '0x1f', 'A'], 3);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
  fc.constantFrom(
    'localhost',
    's3-accelerate.amazonaws.com',
    's3-accelerate.dualstack.amazonaws.com',
    '',
    'u@h',
  ),
  fc
    .oneof(lengths(63), lengths(253))
    .map((length) => `${'a.'.repeat(64)}${'x'.repeat(length)}`.slice(-length)),
  lengths(63).map((length) => 'y'.repeat(length)),
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6().map((address) => `[${address}]`),
);
const endpoint = near(
  fc
    .tuple(
      fc.constantFrom('http', 'https', 'HTTPS', 'ftp'),
      host,
      fc.constantFrom('', ':', ':80', ':443', ':9000', ':0', ':65535', ':65536', ':007', ':123456'),
      fc.constantFrom(
        '',
        '/',
        '/s3',
        '/s3/',
        '/a/b.c~d',
        '/..',
        '/a/./b',
        '//',
        '/a//',
        '/a%2fb',
        '/.../x',
        '/?a',
        '#',
      ),
    )
    .map(([scheme, ...rest]) => `${scheme}://${rest.join('')}`),
);

/** Each part of the grammar with what it is compared with. */
export const grammarProperties: readonly (readonly [what: string, compare: (runs: number) => Compared])[] = [
  ['a bucket', comparing(bucket, parseBucket, (text) => (isBucket(text) ? text : undefined))],
  ['a strict key', comparingKeys('strict', {})],
  ['a raw key', comparingKeys('raw', { syntax: 'raw' })],
  ['a raw key with exact slashes', comparingKeys('raw and exact', { syntax: 'raw', slashes: 'exact' })],
  ['a lifetime', comparing(lifetime, parseLifetimeSeconds, lifetimeOf)],
  ['a duration', comparing(duration, parseDurationSeconds, durationOf)],
  ['a size', comparing(size, parseSizeBytes, sizeOf)],
  ['an endpoint', comparing(endpoint, parseEndpoint, endpointOf)],
];

function comparingKeys(rules: Parameters<typeof isKey>[1], given: Parameters<typeof parseKey>[2]) {
  return comparing(
    key,
    (text, field) => parseKey(text, field, given),
    (text) => (isKey(text, rules) ? text : undefined),
  );
}

function comparing<T>(
  inputs: fc.Arbitrary<T>,
  parse: (input: T, field: string) => unknown,
  reference: (input: T) => unknown,
) {
  return (runs: number): Compared => {
    const counts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(inputs, (input) => {
        const [got, expected] = [tryTo(() => parse(input, 'field')), reference(input)];
        counts[got === undefined ? 'refused' : 'taken'] += 1;
        if (JSON.stringify(got) === JSON.stringify(expected)) return;
        throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
      }),
      { numRuns: runs },
    );
    return counts;
  };
}

function tryTo<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ValetkeyError && error.field === 'field') return undefined;
    throw error;
  }
}
