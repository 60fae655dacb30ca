import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { nearestWord } from './grammar/nearest-word.ts';
import { spellingHint } from './schema-spelling.ts';

const schema = z.strictObject({
  stores: z.record(z.string(), z.strictObject({ profile: z.string(), region: z.string().optional() })),
  policies: z.array(z.strictObject({ lifetime: z.strictObject({ max: z.string() }).optional() })).optional(),
  auth: z
    .union([
      z.strictObject({ kind: z.literal('jwt'), issuer: z.string() }),
      z.strictObject({ sha256: z.string() }),
    ])
    .optional(),
});

describe('a field that is not known', () => {
  test.each<[readonly PropertyKey[], string, string]>([
    [[], 'polices', 'policies'],
    [['stores', 'media'], 'regoin', 'region'],
    [['stores', 'media'], 'Profile', 'profile'],
    [['policies', 3], 'lifetme', 'lifetime'],
    [['policies', 3, 'lifetime'], 'mx', ''],
    [['auth'], 'isuer', 'issuer'],
    [['auth'], 'sha265', 'sha256'],
    [['policies', 0], 'constructor', ''],
    [['stores', 'constructor'], 'bucket', ''],
    [['nowhere', 0], 'lifetme', ''],
  ])('at %j: %s was meant to be %j', (path, name, meant) => {
    expect(spellingHint(schema, path, name)).toBe(
      meant === '' ? 'Remove it, or mend its spelling.' : `Did you mean ${meant}?`,
    );
  });
});

test.each([
  ['objcets', 'objects'],
  ['lifeTime', 'lifetime'],
  ['secrtname', 'secretName'],
  ['target', 'target'],
  ['lifetimeInSeconds', undefined],
  ['ket', 'key'],
  ['k', undefined],
  ['', undefined],
  ['a'.repeat(10_000), undefined],
])('the word nearest to %s is %s', (word, expected) => {
  const known = ['objects', 'lifetime', 'target', 'secretName', 'key', 'bucket'];
  expect(nearestWord(word, known)).toBe(expected);
});
