/**
 * Secrets stay secret: nothing that core throws holds a secret key, a token or a signature, whatever it was given;
 * and `redact` finds them in any text.
 */
import { inspect } from 'node:util';

import fc from 'fast-check';

import * as core from '../../src/index.ts';
import { explain, verify } from '../../src/explain.ts';
import { parseConfiguration } from '../../src/s3.ts';
import { postForm, presign as presignBare } from '../../src/signing.ts';

const nowMs = 1_795_000_000_000;
const keys = {
  accessKeyId: 'AKIACANARYCANARY0000',
  secretAccessKey: 'canarySecret/KEY+0123456789abcdefghijklm',
  sessionToken: 'canaryToken//EAkaDGV1LWNlbnRyYWwtMSJHMEUCIQ+=='.repeat(4),
};
const store = core.defineStore({ name: 'media', profile: 'aws', region: 'eu-central-1' });
const ownGrant = core.ownerGrant(
  { method: 'PUT', bucket: 'media', key: 'a/b.png', lifetimeSeconds: 60, upload: { contentLength: 3 } },
  store,
);
const presigned = core.presign(ownGrant, keys, { store, nowMs }).reveal();
const form = postForm(
  {
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    bucket: 'media',
    key: 'a.png',
    maxBytes: 9,
    expiresInSeconds: 60,
  },
  keys,
  { nowMs },
).reveal();
const query = presigned.slice(presigned.indexOf('?'));
const signatures = [
  new URL(presigned).searchParams.get('X-Amz-Signature') ?? 'none',
  form['x-amz-signature'] ?? 'none',
];
const policySet = core.createPolicySet([
  core.compilePolicy(
    {
      name: 'p',
      subjects: [{ kind: 'user' }],
      stores: ['media'],
      buckets: ['media'],
      rule: { actions: ['download'], keys: ['a/{sub}/{rest}'], lifetime: { max: '1h' } },
    },
    'policy',
  ),
]);

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
const hostile = fc.oneof(
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
const spoiled = (good: Readonly<Record<string, unknown>>) =>
  fc
    .dictionary(fc.oneof(fc.constantFrom(...Object.keys(good)), fc.constantFrom('extra', query)), hostile, {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    })
    .map((change) => ({ ...good, ...change }));

const request = {
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
const nested = fc.oneof(
  hostile,
  fc.dictionary(fc.oneof(fc.constant(query), fc.string()), hostile, { maxKeys: 2 }),
);
const spoiledKeys = fc.oneof(
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

type Call = () => unknown;

/** Every public function, with what its types forbid: JavaScript callers and parsed JSON can pass it. */
const calls: fc.Arbitrary<Call> = fc.oneof(
  callOf(presignBare, fc.tuple(spoiled({ ...request }), spoiledKeys, time())),
  callOf(
    presignBare,
    fc.tuple(
      fc.tuple(nested, nested).map(([headers, parameters]) => ({ ...request, headers, query: parameters })),
      spoiledKeys,
      time(),
    ),
  ),
  callOf(
    postForm,
    fc.tuple(spoiled({ ...request, maxBytes: 9, contentType: 'a/b', metadata: {} }), spoiledKeys, time()),
  ),
  callOf(
    core.ownerGrant,
    fc.tuple(spoiled({ ...request, lifetimeSeconds: 60, upload: {}, response: {} }), fc.constant(store)),
  ),
  callOf(
    core.ownerGrant,
    fc.tuple(
      spoiled({
        contentLength: 3,
        checksum: {},
        metadata: {},
        tagging: {},
        ifMatch: 'x',
        expectedBucketOwner: '1',
      }).map((upload) => ({ ...request, method: 'PUT', lifetimeSeconds: 60, upload })),
      fc.constant(store),
    ),
  ),
  callOf(
    core.presign,
    fc.tuple(
      fc.constant(ownGrant),
      spoiledKeys,
      time().map((at) => ({ ...at, store })),
    ),
  ),
  callOf(
    core.presignServiceCall,
    fc.tuple(
      spoiled({ kind: 'head', bucket: 'media', key: 'a', versionId: 'v' }),
      spoiledKeys,
      fc.constant({ store, nowMs }),
    ),
  ),
  callOf(core.longestLifetime, fc.tuple(fc.constant(policySet), fc.constant(store), spoiledKeys, hostile)),
  callOf(
    core.defineStore,
    fc.tuple(spoiled({ name: 'media', profile: 's3', endpoint: 'https://h', region: 'r' })),
  ),
  callOf(
    core.evaluate,
    fc.tuple(
      fc.constant(policySet),
      spoiled({
        subject: { kind: 'user', id: 'ann' },
        store: 'media',
        bucket: 'media',
        method: 'GET',
        key: 'a/ann/x',
      }),
      fc.constant({ nowMs, newUuid: () => 'u' }),
    ),
  ),
  ...[
    core.parseBucket,
    core.parseKey,
    core.parseMetadata,
    core.parseLifetimeSeconds,
    core.parseDurationSeconds,
    core.parseSizeBytes,
    core.parseInstant,
  ].map((parse) => callOf(parse, fc.tuple(nested, fc.constant('field')))),
  callOf(
    core.compilePolicy,
    fc.tuple(spoiled({ name: 'p', subjects: [], stores: [], buckets: [], rule: {} }), fc.constant('policy')),
  ),
  callOf(
    verify,
    fc.tuple(
      spoiled({ method: 'PUT', url: presigned }),
      fc.constant(() => keys),
      hostile,
    ),
  ),
  callOf(explain, fc.tuple(hostile, spoiled({ nowMs }))),
  callOf(parseConfiguration, fc.tuple(configurationText(), fc.constant('valetkey.yaml'))),
  callOf(core.redact, fc.tuple(hostile)),
  callOf(core.redactError, fc.tuple(hostile)),
);

/** How many calls there were, and how many threw. */
export interface ThrownErrors {
  readonly calls: number;
  readonly thrown: number;
}

/** Makes that many calls; throws at the first whose error shows a secret. */
export function throwErrors(runs: number): ThrownErrors {
  let thrown = 0;
  fc.assert(
    fc.property(calls, (call) => {
      const error = errorOf(call);
      if (error === undefined) return;
      thrown += 1;
      checkHidden(everythingOf(error));
    }),
    { numRuns: runs },
  );
  return { calls: runs, thrown };
}

/** Redacts that many texts; throws at the first that still shows a secret, or that lost what is none. */
export function redactTexts(runs: number): { readonly texts: number } {
  const wrap = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => JSON.stringify({ url: text }),
    (text) => JSON.stringify(JSON.stringify({ url: text })),
    (text) => encodeURIComponent(text),
    (text) => encodeURIComponent(encodeURIComponent(text)),
    (text) => text.replaceAll('&', '&amp;'),
    (text) => `curl '${text}'`,
    (text) => `(${text}), [${text}]`,
    (text) => `<Error>${text}</Error>`,
    (text) => text.toUpperCase(),
  );
  const secret = fc.constantFrom(
    presigned,
    query,
    JSON.stringify(form),
    inspect(form),
    Object.entries(form)
      .map(([name, value]) => `-F '${name}=${value}'`)
      .join(' '),
    `x-amz-security-token: ${keys.sessionToken}`,
    `Authorization: AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/x, SignedHeaders=host, Signature=${signatures[0] ?? ''}`,
    `<AWSAccessKeyId>${keys.accessKeyId}</AWSAccessKeyId><SignatureProvided>${signatures[0] ?? ''}</SignatureProvided>`,
  );
  const plain = fc.constantFrom(
    'failed for ',
    ' and ',
    '\n',
    'policy: avatars ',
    'Größe 3 ',
    'https://h/k?a=b ',
  );
  const text = fc.array(fc.oneof(plain, fc.tuple(wrap, secret)), { maxLength: 5 });
  fc.assert(
    fc.property(text, (pieces) => {
      const whole = pieces
        .map((piece) => (typeof piece === 'string' ? piece : `${piece[0](piece[1])} `))
        .join('');
      const redacted = core.redact(whole);
      checkHidden(redacted);
      if (redacted !== core.redact(redacted)) throw new Error('redacting twice gives something else');
      const harmless = pieces.every((piece) => typeof piece === 'string');
      if (harmless && redacted !== whole) throw new Error(`harmless text was changed: ${whole}`);
    }),
    { numRuns: runs },
  );
  return { texts: runs };
}

function checkHidden(text: string): void {
  const shown = text.toLowerCase();
  const secrets = [keys.secretAccessKey, keys.sessionToken.slice(0, 24), 'canarytoken', ...signatures];
  const found = secrets.find((secret) => shown.includes(secret.toLowerCase()));
  if (found !== undefined) throw new Error(`shows ${found}: ${text}`);
}

/** All the ways in which an error gets into a log. */
function everythingOf(error: Error): string {
  const cause = error.cause instanceof Error ? everythingOf(error.cause) : String(error.cause);
  const { stack = '', message } = error;
  return [
    message,
    stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify(core.redactError(error)),
    inspect(error, { depth: 9, showHidden: true }),
    cause,
  ].join('\n');
}

function errorOf(call: Call): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error('something else than an error was thrown', { cause: error });
  }
}

/** A call with arguments that its types forbid. */
function callOf(called: unknown, args: fc.Arbitrary<readonly unknown[]>): fc.Arbitrary<Call> {
  if (typeof called !== 'function') throw new TypeError('expected a function');
  return args.map((list) => (): unknown => Reflect.apply(called, undefined, list));
}

function time() {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<object>({ nowMs }) },
    { weight: 1, arbitrary: fc.record({ nowMs: hostile, backdateSeconds: hostile }) },
  );
}

/** A file in which somebody wrote a secret where its variable's name or its file belongs. */
function configurationText(): fc.Arbitrary<string> {
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
