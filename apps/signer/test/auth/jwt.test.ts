/** Tokens of an issuer whose keys are fetched over HTTP, good ones and hostile ones. */
import { createHmac, createPublicKey } from 'node:crypto';

import type { Subject, ValetkeyError } from '@valetkey/core';
import { describe, expect, test } from 'vitest';

import { createAuthenticate } from '../../src/auth/create-authenticate.ts';
import { createIdentities } from '../../src/auth/identities.ts';
import { createMetrics } from '../../src/metrics.ts';
import { serverSchema } from '../../src/server-schema.ts';
import { audience, encode, issuerName, nowSeconds, startIssuer, type Issuer } from './issuer.ts';

interface Asked {
  readonly subject: (token: string) => Promise<Subject | undefined>;
  readonly pass: (seconds: number) => void;
  readonly failures: readonly ValetkeyError[];
  /** What was counted, by its labels. */
  readonly counted: () => Promise<Readonly<Record<string, string>>>;
}

function asking(issuer: Issuer, overrides: object = {}, more: readonly object[] = []): Asked {
  let nowMs = nowSeconds * 1000;
  const clock = { now: () => nowMs };
  const failures: ValetkeyError[] = [];
  const server = serverSchema.parse({
    listen: '127.0.0.1:0',
    secrets: { file: 'unused' },
    auth: [
      {
        kind: 'jwt',
        issuer: issuerName,
        audience,
        jwksUrl: issuer.jwksUrl,
        algorithms: ['RS256'],
        ...overrides,
      },
      ...more,
    ],
  });
  const metrics = createMetrics();
  const identities = createIdentities({ clock, fetch, onFailure: (error) => failures.push(error) });
  const authenticate = createAuthenticate(server, { clock, identities, metrics });
  return {
    failures,
    counted: async () => {
      const { text } = await metrics.render();
      const lines = text.matchAll(
        /^valetkey_signer_authentications_total\{kind="(\w+)",result="(\w+)"\} (\d+)$/gm,
      );
      return Object.fromEntries(
        [...lines].map(([, kind, result, count = '']) => [`${kind} ${result}`, count]),
      );
    },
    pass: (seconds) => {
      nowMs += seconds * 1000;
    },
    subject: (token) =>
      authenticate(new Request('http://signer/', { headers: { authorization: `Bearer ${token}` } })),
  };
}

const header = { alg: 'RS256', kid: 'first' };
const payload = {
  iss: issuerName,
  aud: audience,
  sub: 'ann',
  iat: nowSeconds,
  exp: nowSeconds + 600,
};

test('a token of the issuer names its subject, with the claims that are text', async () => {
  const issuer = await startIssuer();
  const token = await issuer.sign({ groups: ['staff', 'admin'], tenant: 'acme', level: 3, nested: { a: 1 } });
  expect(await asking(issuer).subject(token)).toEqual({
    kind: 'user',
    id: 'ann',
    claims: { iss: issuerName, aud: audience, groups: ['staff', 'admin'], tenant: 'acme' },
  });
});

describe('is nobody:', () => {
  let issuer: Issuer;
  let other: Issuer;
  const start = async () => {
    issuer = await startIssuer();
    other = await startIssuer();
  };

  test.each<[string, () => Promise<string> | string]>([
    ['an ended token', () => issuer.sign({ exp: nowSeconds - 61 })],
    ['a token for another audience', () => issuer.sign({ aud: 'another' })],
    ['a token of another issuer', () => issuer.sign({ iss: 'https://evil.example' })],
    ['a token not valid yet', () => issuer.sign({ nbf: nowSeconds + 61 })],
    ['a token of the future', () => issuer.sign({ iat: nowSeconds + 61 })],
    ['a token that is too old', () => issuer.sign({ iat: nowSeconds - 24 * 3600 - 61 })],
    ['a token without an end', () => issuer.sign({ exp: undefined })],
    ['a token without a beginning', () => issuer.sign({ iat: undefined })],
    ['a token without an audience', () => issuer.sign({ aud: undefined })],
    ['a token without a subject', () => issuer.sign({ sub: undefined })],
    ['a subject that is a number', () => issuer.sign({ sub: 7 })],
    ['a subject that is a list', () => issuer.sign({ sub: ['ann'] })],
    ['an empty subject', () => issuer.sign({ sub: '' })],
    ['a subject with a control character', () => issuer.sign({ sub: 'ann\n' })],
    ['a subject of 256 characters', () => issuer.sign({ sub: 'a'.repeat(256) })],
    ['an end that is text', () => issuer.sign({ exp: String(nowSeconds + 600) })],
    ['a token signed by another key of the same name', () => other.sign()],
    ['a critical extension', () => issuer.signText({ ...header, crit: ['x'], x: 1 }, payload)],
    ['an unencoded payload', () => issuer.signText({ ...header, crit: ['b64'], b64: false }, payload)],
    ['the algorithm none', () => `${encode({ alg: 'none' })}.${encode(payload)}.`],
    ['the algorithm none with a signature', () => `${encode({ alg: 'none' })}.${encode(payload)}.AAAA`],
    ['the algorithm nOnE', () => `${encode({ alg: 'nOnE', kid: 'first' })}.${encode(payload)}.AAAA`],
    [
      'HS256 with the public key as its secret',
      () => {
        const pem = createPublicKey({ key: issuer.publicJwk, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        const signed = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(payload)}`;
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
      },
    ],
    ['another algorithm, by the right key', () => issuer.signText({ ...header, alg: 'PS256' }, payload)],
    ['a key that the token brings along', () => other.sign({}, { jwk: other.publicJwk, kid: 'mine' })],
    ['a key set that the token names', () => other.sign({}, { jku: other.jwksUrl, kid: 'mine' })],
    ['a certificate that the token names', () => other.sign({}, { x5u: other.jwksUrl, kid: 'mine' })],
    ['a kid that is a path', () => other.sign({}, { kid: '../../dev/null' })],
    ['a kid that is a query', () => other.sign({}, { kid: "' OR 1=1 --" })],
    ['a kid of 5,000 characters', () => other.sign({}, { kid: 'k'.repeat(5000) })],
    ['a token of 9,000 characters', () => issuer.sign({ filler: 'x'.repeat(9000) })],
    ['two parts', () => 'a.b'],
    ['four parts', () => 'a.b.c.d'],
    ['an encrypted token', () => 'a.b.c.d.e'],
    ['parts that are no JSON', () => 'aaaa.bbbb.cccc'],
    ['a payload that is a list', () => `${encode({ alg: 'RS256' })}.${encode([])}.AAAA`],
    ['a payload that is null', () => `${encode({ alg: 'RS256' })}.${encode('null')}.AAAA`],
    ['a name of the prototype as algorithm', () => `${encode({ alg: '__proto__' })}.${encode(payload)}.AAAA`],
  ])('%s', async (_title, make) => {
    await start();
    const { subject } = asking(issuer);
    expect(await subject(await make())).toBeUndefined();
    expect(other.fetches()).toBe(0);
  });
});

test.each([
  ['a claim', { alg: 'RS256', kid: 'first' }, `{"sub":"ann","sub":"bob",${JSON.stringify(payload).slice(1)}`],
  [
    'an escaped claim',
    { alg: 'RS256', kid: 'first' },
    `{"s\\u0075b":"bob",${JSON.stringify(payload).slice(1)}`,
  ],
  ['a header parameter', '{"alg":"RS256","alg":"none","kid":"first"}', JSON.stringify(payload)],
])('a token that says %s twice is nobody, though its issuer signed it', async (_title, header, text) => {
  const issuer = await startIssuer();
  const token = await issuer.signText(header, text);
  expect(await asking(issuer).subject(token)).toBeUndefined();
});

test.each([
  ['an end 59 seconds ago', { exp: nowSeconds - 59 }],
  ['a beginning in 59 seconds', { nbf: nowSeconds + 59, iat: nowSeconds + 59 }],
  ['one of several audiences', { aud: ['another', audience] }],
])('%s is let in', async (_title, claims) => {
  const issuer = await startIssuer();
  expect(await asking(issuer).subject(await issuer.sign(claims))).toMatchObject({ id: 'ann' });
});

test('the age that a token may have is the configured one', async () => {
  const issuer = await startIssuer();
  const token = await issuer.sign({ iat: nowSeconds - 3600 });
  expect(await asking(issuer, { maxTokenAge: '1h' }).subject(token)).toMatchObject({ id: 'ann' });
  expect(await asking(issuer, { maxTokenAge: '58m' }).subject(token)).toBeUndefined();
});

test('every caller is counted once, by the way it showed and what became of it', async () => {
  const [issuer, away] = [await startIssuer(), await startIssuer()];
  away.answer(503, '');
  const partner = 'https://id.partner.example';
  const entry = { kind: 'jwt', issuer: partner, audience, jwksUrl: away.jwksUrl, algorithms: ['RS256'] };
  const { subject, counted } = asking(issuer, {}, [{ ...entry, subjectPrefix: 'partner-' }]);
  expect(await subject(await issuer.sign())).toBeDefined();
  expect(await subject(await issuer.sign({ aud: 'another' }))).toBeUndefined();
  expect(await subject(await issuer.sign({ iss: 'https://made-up.example' }))).toBeUndefined();
  expect(await subject('made-up')).toBeUndefined();
  await expect(subject(await away.sign({ iss: partner }))).rejects.toMatchObject({
    code: 'identity-unavailable',
  });
  expect(await counted()).toEqual({
    'jwt accepted': '1',
    'jwt refused': '1',
    'jwt failed': '1',
    'unknown refused': '2',
  });
});

describe('several issuers', () => {
  const partner = async (overrides: object = {}) => {
    const issuer = await startIssuer();
    const name = 'https://id.partner.example';
    const { jwksUrl } = issuer;
    const entry = { kind: 'jwt', issuer: name, audience, jwksUrl, algorithms: ['RS256'], ...overrides };
    return { entry, sign: (sub: string) => issuer.sign({ iss: name, sub }) };
  };

  test('name subjects apart, and neither can take a name of the other', async () => {
    const own = await startIssuer();
    const { entry, sign } = await partner({ subjectPrefix: 'partner-' });
    const { subject } = asking(own, {}, [entry]);
    expect(await subject(await own.sign())).toMatchObject({ kind: 'user', id: 'ann' });
    expect(await subject(await sign('ann'))).toMatchObject({ kind: 'user', id: 'partner-ann' });
    expect(await subject(await own.sign({ sub: 'partner-ann' }))).toBeUndefined();
    expect(await subject(await sign('partner-ann'))).toMatchObject({ id: 'partner-partner-ann' });
  });

  test('of which one stands there twice are tried one after the other', async () => {
    const issuer = await startIssuer();
    const { jwksUrl } = issuer;
    const second = {
      kind: 'jwt',
      issuer: issuerName,
      audience: 'second',
      jwksUrl,
      algorithms: ['RS256'],
    };
    const { subject } = asking(issuer, {}, [second]);
    expect(await subject(await issuer.sign())).toMatchObject({ id: 'ann' });
    expect(await subject(await issuer.sign({ aud: 'second' }))).toMatchObject({ id: 'ann' });
    expect(await subject(await issuer.sign({ aud: 'third' }))).toBeUndefined();
  });

  test('of which one cannot be asked just now: the other still opens, and is no refusal', async () => {
    const [away, issuer] = [await startIssuer(), await startIssuer()];
    away.answer(503, '');
    const { jwksUrl } = issuer;
    const second = { kind: 'jwt', issuer: issuerName, audience, jwksUrl, algorithms: ['RS256'] };
    const { subject } = asking(away, {}, [second]);
    expect(await subject(await issuer.sign())).toMatchObject({ id: 'ann' });
    await expect(subject(await away.sign())).rejects.toMatchObject({ code: 'identity-unavailable' });
  });
});

describe("the issuer's keys", () => {
  test('are fetched once for many tokens, even when those come together', async () => {
    const issuer = await startIssuer();
    const { subject } = asking(issuer);
    const token = await issuer.sign();
    await Promise.all(Array.from({ length: 20 }, () => subject(token)));
    expect(issuer.fetches()).toBe(1);
  });

  test('are fetched again for a key that is new, and once only in 30 seconds for keys that are not there', async () => {
    const issuer = await startIssuer();
    const { subject, pass } = asking(issuer);
    expect(await subject(await issuer.sign())).toMatchObject({ id: 'ann' });
    await issuer.rotate('second');
    pass(31);
    expect(await subject(await issuer.sign())).toMatchObject({ id: 'ann' });
    expect(issuer.fetches()).toBe(2);
    for (let round = 0; round < 50; round += 1) {
      expect(await subject(await issuer.sign({}, { kid: `made-up-${round}` }))).toBeUndefined();
    }
    expect(issuer.fetches()).toBe(2);
    pass(31);
    expect(await subject(await issuer.sign({}, { kid: 'made-up' }))).toBeUndefined();
    expect(issuer.fetches()).toBe(3);
  });

  test.each([
    ['one that is made up is looked for', 31],
    ['the whole set is renewed', 301],
  ])('that are known open at once while %s', async (_title, seconds) => {
    const issuer = await startIssuer();
    const { subject, pass } = asking(issuer);
    const good = await issuer.sign();
    expect(await subject(good)).toMatchObject({ id: 'ann' });
    const release = issuer.hold();
    pass(seconds);
    const madeUp = subject(await issuer.sign({}, { kid: 'made-up' }));
    await expect.poll(issuer.fetches).toBe(2);
    expect(await subject(good)).toMatchObject({ id: 'ann' });
    release();
    expect(await madeUp).toBeUndefined();
    expect(issuer.fetches()).toBe(2);
  });

  test('are believed by nobody after ten minutes without an answer of the issuer', async () => {
    const issuer = await startIssuer();
    const { subject, pass } = asking(issuer);
    const good = await issuer.sign({ exp: nowSeconds + 7200 });
    expect(await subject(good)).toMatchObject({ id: 'ann' });
    await issuer.rotate('second');
    pass(601);
    const release = issuer.hold();
    const both = Promise.all([subject(good), subject(good)]);
    await expect.poll(issuer.fetches).toBe(2);
    release();
    expect(await both).toEqual([undefined, undefined]);
  });

  test('are forgotten within ten minutes when the issuer takes them back', async () => {
    const issuer = await startIssuer();
    const { subject, pass } = asking(issuer);
    const old = await issuer.sign();
    expect(await subject(old)).toMatchObject({ id: 'ann' });
    await issuer.rotate('second');
    pass(601);
    expect(await subject(await issuer.sign())).toMatchObject({ id: 'ann' });
    expect(await subject(old)).toBeUndefined();
  });

  test.each([
    ['answers 500', 500, ''],
    ['answers HTML', 200, '<!doctype html>'],
    ['has no keys', 200, '{"keys":[]}'],
    ['answers a megabyte', 200, `{"keys":[{"kty":"${'x'.repeat(1024 * 1024)}"}]}`],
  ])('stay the last good ones while the issuer %s', async (_title, status, body) => {
    const issuer = await startIssuer();
    const { subject, pass, failures } = asking(issuer);
    const token = await issuer.sign({ exp: nowSeconds + 7200 });
    await subject(token);
    issuer.answer(status, body);
    pass(601);
    expect(await subject(token)).toMatchObject({ id: 'ann' });
    expect(failures.map(({ code }) => code)).toEqual(['identity-unavailable']);
  });

  test('that were never there are a failure, not a refusal, and are asked for again', async () => {
    const issuer = await startIssuer();
    const good = await issuer.sign();
    issuer.answer(503, '');
    const { subject, pass } = asking(issuer);
    for (let round = 0; round < 5; round += 1) {
      await expect(subject(good)).rejects.toMatchObject({ code: 'identity-unavailable', retryable: true });
    }
    expect(issuer.fetches()).toBe(1);
    issuer.answer(200, JSON.stringify({ keys: [issuer.publicJwk] }));
    pass(1);
    expect(await subject(good)).toMatchObject({ id: 'ann' });
  });
});
