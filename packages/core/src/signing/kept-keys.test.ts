/** What is kept between calls changes no signature. */
import { expect, test } from 'vitest';

import { verify } from '../explain/verify.ts';
import { parseRegion } from '../grammar/region.ts';
import type { SigningCredentials } from './credentials.ts';
import { presign } from './presign.ts';
import { signingScope } from './signing-scope.ts';

const day = 24 * 3600 * 1000;
const firstMs = Date.parse('2026-11-24T12:00:00Z');
const ann = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'first' };

interface Turn {
  readonly keys: SigningCredentials;
  readonly region: string;
  readonly nowMs: number;
}

const first: Turn = { keys: ann, region: 'eu-central-1', nowMs: firstMs };
const turns: readonly (readonly [what: string, Turn])[] = [
  ['the same again', first],
  ['another region', { ...first, region: 'us-east-1' }],
  ['the next day', { ...first, nowMs: firstMs + day }],
  ['another secret under the same name', { ...first, keys: { ...ann, secretAccessKey: 'second' } }],
  ['another name with the same secret', { ...first, keys: { ...ann, accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } }],
  ['a session token', { ...first, keys: { ...ann, sessionToken: 'token' } }],
  ['another session token', { ...first, keys: { ...ann, sessionToken: 'other' } }],
];

function isGenuine({ keys, region, nowMs }: Turn): boolean {
  const url = presign(
    {
      method: 'GET',
      endpoint: `https://s3.${region}.amazonaws.com`,
      region,
      bucket: 'user-media',
      key: 'a.txt',
      expiresInSeconds: 600,
    },
    keys,
    { nowMs },
  ).reveal();
  return verify({ method: 'GET', url, headers: {} }, () => keys, nowMs).valid;
}

test.each(turns)('a URL signed after one with %s is its own, and so is the first again', (_what, turn) => {
  expect([first, turn, first, turn].map((each) => isGenuine(each))).toEqual([true, true, true, true]);
});

test('a key is derived once while it is in use, and again after 256 others', () => {
  const scopeOf = (index: number) => signingScope(ann, '20261124', parseRegion(`r-${index}`, 'region'), 's3');
  const kept = scopeOf(0);
  for (let index = 1; index < 256; index += 1) scopeOf(index);
  expect(scopeOf(0)).toBe(kept);
  expect(scopeOf(0)).toBe(kept);
  scopeOf(256);
  expect(scopeOf(0)).toBe(kept);
  for (let index = 1; index <= 255; index += 1) scopeOf(index);
  expect(scopeOf(0)).toBe(kept);
  for (let index = 300; index < 556; index += 1) scopeOf(index);
  expect(scopeOf(0)).not.toBe(kept);
});

test.each([
  ['20261125', 'eu-central-1', 's3'],
  ['20261124', 'us-east-1', 's3'],
  ['20261124', 'eu-central-1', 's3express'],
])('a key of %s, %s and %s is no other’s', (date, region, service) => {
  const known = signingScope(ann, '20261124', 'eu-central-1', 's3');
  const other = signingScope(ann, date, region, service);
  expect(other.scope).toBe(`${date}/${region}/${service}/aws4_request`);
  expect(other.sign('x')).not.toBe(known.sign('x'));
});
