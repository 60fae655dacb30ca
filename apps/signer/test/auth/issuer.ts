/** An issuer of tokens: its keys, the address it publishes them at, and how often they were fetched. */
import { createServer } from 'node:http';

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { onTestFinished } from 'vitest';

/** What a token says beside what every good one does. */
type TokenParts = Readonly<Record<string, unknown>>;

export interface Issuer {
  readonly jwksUrl: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
  /** How often the keys were asked for. */
  readonly fetches: () => number;
  /** What the address answers from now on. */
  readonly answer: (status: number, body: string) => void;
  /** Holds its answers back until the function it gives is called. */
  readonly hold: () => () => void;
  /** Signs a token that is right but for these claims and header parameters. */
  readonly sign: (claims?: TokenParts, header?: TokenParts) => Promise<string>;
  /** Signs what may be no token at all. */
  readonly signText: (header: unknown, payload: unknown) => Promise<string>;
  /** A new key under this name takes the place of the old. */
  readonly rotate: (kid: string) => Promise<void>;
}

export const issuerName = 'https://id.example.com';
export const audience = 'valetkey';
export const nowSeconds = 1_800_000_000;

/** One part of a token. */
export const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export async function startIssuer(): Promise<Issuer> {
  let fetches = 0;
  let status = 200;
  let body = '';
  let key = await newKey('first');
  const publish = () => {
    status = 200;
    body = JSON.stringify({ keys: [key.publicJwk] });
  };
  publish();
  let held = Promise.resolve();
  const server = createServer((_request, response) => {
    fetches += 1;
    void held.then(() => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
    publicJwk: key.publicJwk,
    privateKey: key.privateKey,
    fetches: () => fetches,
    answer: (newStatus, newBody) => {
      status = newStatus;
      body = newBody;
    },
    hold: () => {
      let release = () => {};
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    sign: (claims = {}, header = {}) =>
      new SignJWT({
        iss: issuerName,
        aud: audience,
        sub: 'ann',
        iat: nowSeconds,
        exp: nowSeconds + 600,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
        .sign(key.privateKey),
    signText: async (header, payload) => {
      const signed = `${encode(header)}.${encode(payload)}`;
      const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key.privateKey, Buffer.from(signed));
      return `${signed}.${Buffer.from(signature).toString('base64url')}`;
    },
    rotate: async (kid) => {
      key = await newKey(kid);
      publish();
    },
  };
}

// Making one takes a while: they are dealt out in turn.
const pairs = Array.from({ length: 4 }, () => generateKeyPair('RS256', { extractable: true }));
let dealt = 0;

async function newKey(kid: string) {
  const { publicKey, privateKey } = await (pairs[dealt % pairs.length] ?? generateKeyPair('RS256'));
  dealt += 1;
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}
