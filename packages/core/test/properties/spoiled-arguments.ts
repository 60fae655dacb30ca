/** Arguments as people get them wrong: secrets in the wrong field, and what types forbid. */
import fc from 'fast-check';

import * as core from '../../src/index.ts';
import { form, keys, nowMs, presigned, query } from './secret-canaries.ts';

/** What people paste into the wrong field. */
const pasted = fc.constantFrom<unknown>(
  presigned,
  query,
  query.slice(1),
  `x${query}`,
  presigned.slice(-120),
  encodeURIComponent(presigned),
  JSON.stringify(form),
  new URL(presigned),
);
export const hostile = fc.oneof(
  { weight: 3, arbitrary: pasted },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      '',
      '..',
      'a',
      'a/ann/x',
      'media',
      'GET',
      'eu-central-1',
      '2026-11-25',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(0, -1, Number.NaN, 60, 2 ** 60, null, undefined, true, [], {}),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** Object with some of its fields replaced, removed or added. */
export const spoiled = (good: Readonly<Record<string, unknown>>) =>
  fc
    .dictionary(fc.oneof(fc.constantFrom(...Object.keys(good)), fc.constantFrom('extra', query)), hostile, {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    })
    .map((change) => ({ ...good, ...change }));

export const request = {
  method: 'GET',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'media',
  key: 'a.png',
  expiresInSeconds: 60,
  versionId: 'v1',
  headers: {},
  query: {},
};
export const nested = fc.oneof(
  hostile,
  fc.dictionary(fc.oneof(fc.constant(query), fc.string()), hostile, { maxKeys: 2 }),
);
export const spoiledKeys = fc.oneof(
  fc.constant<object>(keys),
  fc.constantFrom<object>(
    { ...keys, accessKeyId: '' },
    { ...keys, accessKeyId: keys.secretAccessKey.padEnd(200, 'x') },
    { ...keys, secretAccessKey: `${keys.secretAccessKey}\n` },
    { ...keys, secretAccessKey: '' },
    { ...keys, sessionToken: ` ${keys.sessionToken}` },
    { ...keys, expiresAtMs: nowMs },
    { ...keys, expiresAtMs: Number.NaN },
    new core.Credentials({ ...keys, expiresAtMs: 1 }),
  ),
  spoiled(keys),
);

/** A time, mostly. */
export function time() {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<object>({ nowMs }) },
    { weight: 1, arbitrary: fc.record({ nowMs: hostile, backdateSeconds: hostile }) },
  );
}

/** A file in which somebody wrote a secret where its variable's name or its file belongs. */
export function configurationText(): fc.Arbitrary<string> {
  const value = fc.constantFrom(keys.secretAccessKey, keys.sessionToken, presigned, 'x');
  return fc
    .tuple(
      fc.constantFrom('environment', 'sharedConfig', 'static', 'secretFile'),
      fc.constantFrom('accessKeyId', 'secretAccessKey', 'profile', 'path'),
      value,
      fc.constantFrom('endpoint', 'region', 'publicEndpoint', 'x'),
    )
    .map(([kind, name, secret, field]) =>
      [
        'stores:',
        '  media:',
        '    profile: aws',
        `    ${field}: ${JSON.stringify(presigned)}`,
        `    credentials: { ${kind}: { ${name}: ${JSON.stringify(secret)} } }`,
      ].join('\n'),
    );
}

/** A call, whose answer may have to be waited for. */
export type Call = () => unknown;

/** A call with arguments that its types forbid. */
export function callOf(called: unknown, args: fc.Arbitrary<readonly unknown[]>): fc.Arbitrary<Call> {
  if (typeof called !== 'function') throw new TypeError('expected a function');
  return args.map((list) => (): unknown => Reflect.apply(called, undefined, list));
}
