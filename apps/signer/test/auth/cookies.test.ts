/** Which requests may be answered because of a cookie. */
import { systemClock } from '@valetkey/core';
import { describe, expect, test } from 'vitest';

import { createAuthenticate } from '../../src/auth/create-authenticate.ts';
import { createIdentities } from '../../src/auth/identities.ts';
import { createMetrics } from '../../src/metrics.ts';
import { serverSchema } from '../../src/server-schema.ts';
import { audience, issuerName, nowSeconds, startIssuer } from './issuer.ts';

const page = 'https://app.example.com';

async function start({ cookie = 'session', anonymous = false, basePath = '/' } = {}) {
  const issuer = await startIssuer();
  const clock = { now: () => nowSeconds * 1000 };
  const server = serverSchema.parse({
    listen: '127.0.0.1:0',
    basePath,
    corsOrigins: [page],
    secrets: { file: 'unused' },
    auth: [
      { kind: 'jwt', issuer: issuerName, audience, jwksUrl: issuer.jwksUrl, algorithms: ['RS256'], cookie },
      ...(anonymous ? [{ kind: 'anonymous' }] : []),
    ],
  });
  const identities = createIdentities({ clock: systemClock, fetch, onFailure: () => undefined });
  return {
    issuer,
    authenticate: createAuthenticate(server, { clock, identities, metrics: createMetrics() }),
  };
}

const ask = (method: string, path: string, headers: Record<string, string>) =>
  new Request(`https://sign.example.com${path}`, { method, headers });

describe('a cookie', () => {
  test.each([
    ['POST', '/v1/uploads', { origin: page }, true],
    ['GET', '/v1/objects?policy=files', { origin: page }, true],
    ['GET', '/v1/policies/files', { 'sec-fetch-site': 'same-origin' }, true],
    ['GET', '/v1/objects/files/a.png', { 'sec-fetch-site': 'same-site' }, true],
    ['GET', '/v1/objects/files/a.png', { 'sec-fetch-site': 'none' }, true],
    ['HEAD', '/v1/objects/files/a.png', { 'sec-fetch-site': 'same-origin' }, true],
    ['POST', '/v1/uploads', { origin: 'https://sign.example.com', 'sec-fetch-site': 'same-origin' }, true],
    ['POST', '/v1/uploads', { origin: 'https://sign.example.com' }, false],
    ['POST', '/v1/uploads', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, false],
    ['POST', '/v1/uploads', { origin: 'null', 'sec-fetch-site': 'same-origin' }, false],
    ['POST', '/v1/uploads', {}, false],
    ['POST', '/v1/uploads', { 'sec-fetch-site': 'same-origin' }, false],
    ['POST', '/v1/uploads', { origin: 'null' }, false],
    ['POST', '/v1/uploads', { origin: 'https://app.example.com.evil.example' }, false],
    ['POST', '/v1/uploads', { origin: 'http://app.example.com' }, false],
    ['POST', '/v1/uploads', { origin: `${page}:8443` }, false],
    ['POST', '/v1/uploads', { origin: 'https://sub.app.example.com' }, false],
    ['POST', '/v1/uploads', { origin: '' }, false],
    ['GET', '/v1/objects?policy=files', { 'sec-fetch-site': 'same-site' }, false],
    ['GET', '/v1/policies/files', { 'sec-fetch-site': 'none' }, false],
    ['GET', '/v1/objects/files/a.png', { 'sec-fetch-site': 'cross-site' }, false],
    ['GET', '/v1/objects/files/a.png', {}, false],
    [
      'GET',
      '/v1/objects/files/a.png',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-site' },
      false,
    ],
  ])('on %s %s with %j is believed: %s', async (method, path, headers, isBelieved) => {
    const { issuer, authenticate } = await start();
    const cookie = `theme=dark; session=${await issuer.sign()}`;
    const subject = await authenticate(ask(method, path, { ...headers, cookie }));
    expect(subject?.id).toBe(isBelieved ? 'ann' : undefined);
  });

  test('that comes twice is not believed: a neighbour may have planted one', async () => {
    const { issuer, authenticate } = await start();
    const cookie = `session=${await issuer.sign()}; session=${await issuer.sign({ sub: 'bob' })}`;
    expect(await authenticate(ask('POST', '/v1/uploads', { origin: page, cookie }))).toBeUndefined();
  });

  test('of another name is nothing', async () => {
    const { issuer, authenticate } = await start();
    const cookie = `xsession=${await issuer.sign()}; session2=${await issuer.sign()}`;
    expect(await authenticate(ask('POST', '/v1/uploads', { origin: page, cookie }))).toBeUndefined();
  });

  test('gives way to a token in the header', async () => {
    const { issuer, authenticate } = await start();
    const headers = {
      origin: page,
      cookie: `session=${await issuer.sign()}`,
      authorization: `Bearer ${await issuer.sign({ sub: 'bob' })}`,
    };
    expect(await authenticate(ask('POST', '/v1/uploads', headers))).toMatchObject({ id: 'bob' });
  });

  test('from a page that is not listed leaves an anonymous caller, where those are let in', async () => {
    const { issuer, authenticate } = await start({ anonymous: true });
    const cookie = `session=${await issuer.sign()}`;
    const request = ask('POST', '/v1/uploads', { origin: 'https://evil.example', cookie });
    expect(await authenticate(request)).toMatchObject({ kind: 'anonymous' });
  });

  test('is believed under the base path too', async () => {
    const { issuer, authenticate } = await start({ basePath: '/sign' });
    const headers = { 'sec-fetch-site': 'same-site', cookie: `session=${await issuer.sign()}` };
    expect(await authenticate(ask('GET', '/sign/v1/objects/files/a.png', headers))).toMatchObject({
      id: 'ann',
    });
    expect(await authenticate(ask('GET', '/v1/objects/files/a.png', headers))).toBeUndefined();
  });
});

test('a token in the URL is not looked at', async () => {
  const { issuer, authenticate } = await start();
  const token = await issuer.sign();
  const request = ask('GET', `/v1/objects/files/a.png?access_token=${token}&token=${token}`, {
    origin: page,
  });
  expect(await authenticate(request)).toBeUndefined();
});
