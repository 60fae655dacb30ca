/// <reference types="node" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { cacheCredentials } from './cached-credentials.ts';
import { credentialProvider } from './credential-provider.ts';
import { Credentials } from '../signing/credentials.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-roles-'));
const roleArn = 'arn:aws:iam::123456789012:role/signer';
const ends = '2030-01-01T00:00:00Z';
const keys = { accessKeyId: 'ASIAROLEROLEROLEROLE', secretAccessKey: 'shh', sessionToken: 'token' };

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOWNEROWNEROWNER1');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'own');
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  // A variable that must not decide where a role's request goes.
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:9');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

/** A server that answers as one of AWS's, and remembers what it was asked. */
async function serving(
  answer: (asked: Asked) => { readonly status?: number; readonly body: string; readonly type?: string },
) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url = '/', method = 'GET', headers } = request;
      const one = { path: url, method, headers, form: new URLSearchParams(body) };
      asked.push(one);
      const { status = 200, body: answered, type = 'text/xml' } = answer(one);
      return response.writeHead(status, { 'content-type': type }).end(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, asked };
}

/** AWS STS API reference, AssumeRole and AssumeRoleWithWebIdentity. */
const stsAnswer = ({ form }: Asked) => {
  const action = form.get('Action') ?? '';
  return {
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>
      <AccessKeyId>${keys.accessKeyId}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>
      <SessionToken>${keys.sessionToken}</SessionToken><Expiration>${ends}</Expiration></Credentials>
      <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/signer/valetkey</Arn><AssumedRoleId>A:valetkey</AssumedRoleId></AssumedRoleUser>
      </${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
  };
};

const expected = { ...keys, expiresAtMs: Date.parse(ends) };

describe('credentials come', () => {
  test('from a role that the own credentials assume, and end when STS says', async () => {
    const { origin, asked } = await serving(stsAnswer);
    const source = {
      assumeRole: { roleArn, externalId: 'x-1', stsEndpoint: origin, region: 'eu-central-1' },
    };
    const provided = await credentialProvider(source, {})();
    expect(provided).toMatchObject(expected);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: roleArn,
      RoleSessionName: 'valetkey',
      ExternalId: 'x-1',
    });
    expect(asked[0]?.headers.authorization).toMatch(
      /Credential=AKIAOWNEROWNEROWNER1\/\d{8}\/eu-central-1\/sts\//,
    );
  });

  test('from a web identity token, which is read from its file and signed by nobody', async () => {
    const { origin, asked } = await serving(stsAnswer);
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, 'a.b.c');
    const source = { webIdentity: { roleArn, tokenFile, stsEndpoint: origin } };
    expect(await credentialProvider(source, {})()).toMatchObject(expected);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      WebIdentityToken: 'a.b.c',
    });
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  test("from an instance's role, through a session of the metadata service (IMDSv2)", async () => {
    const { origin, asked } = await serving(({ method, path: asks, headers }) => {
      if (method === 'PUT' && asks === '/latest/api/token') return { body: 'session', type: 'text/plain' };
      if (headers['x-aws-ec2-metadata-token'] !== 'session') return { status: 401, body: '' };
      const prefix = '/latest/meta-data/iam/security-credentials';
      if (asks.startsWith(`${prefix}-extended`)) return { status: 404, body: '' };
      if (asks === `${prefix}/`) return { body: 'signer', type: 'text/plain' };
      const role = {
        Code: 'Success',
        Type: 'AWS-HMAC',
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        Token: keys.sessionToken,
        LastUpdated: '2029-12-31T00:00:00Z',
        Expiration: ends,
      };
      return { body: JSON.stringify(role), type: 'application/json' };
    });
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', origin);
    expect(await credentialProvider({ instance: {} }, {})()).toMatchObject(expected);
    expect(asked[0]).toMatchObject({ method: 'PUT', path: '/latest/api/token' });
  });

  test("from a container's endpoint, with the authorization that the platform gives", async () => {
    const { origin, asked } = await serving(() => ({
      body: JSON.stringify({
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        Token: keys.sessionToken,
        Expiration: ends,
      }),
      type: 'application/json',
    }));
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${origin}/credentials`);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'Basic abc');
    expect(await credentialProvider({ container: {} }, {})()).toMatchObject(expected);
    expect(asked[0]).toMatchObject({ path: '/credentials', headers: { authorization: 'Basic abc' } });
  });
});

test('a role that may not be assumed says what to look at, and shows no key', async () => {
  const { origin } = await serving(() => ({
    status: 403,
    body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
  }));
  const provided = credentialProvider({ assumeRole: { roleArn, stsEndpoint: origin } }, {})();
  await expect(provided).rejects.toMatchObject({ code: 'credentials-unavailable' });
  await expect(provided).rejects.toThrow(/the role arn:aws:iam::123456789012:role\/signer.*trust policy/);
});

describe('credentials that end', () => {
  const nowMs = Date.parse('2026-11-24T12:00:00Z');
  const made = (minutes: number | undefined, id = 'a') =>
    new Credentials({
      accessKeyId: id,
      secretAccessKey: 'shh',
      expiresAtMs: minutes === undefined ? undefined : nowMs + minutes * 60_000,
    });

  function cached(...answers: readonly (Credentials | Error)[]) {
    const clock = { nowMs, now: () => clock.nowMs };
    let calls = 0;
    const provide = cacheCredentials(async () => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (answer instanceof Credentials) return answer;
      throw answer ?? new Error('none');
    }, clock);
    return { provide, clock, calls: () => calls };
  }

  test('are fetched once until five minutes before their end, and once for many that ask at the same time', async () => {
    const { provide, clock, calls } = cached(made(60, 'a'), made(120, 'b'));
    await Promise.all([provide(), provide(), provide()]);
    clock.nowMs += 54 * 60_000;
    expect((await provide()).accessKeyId).toBe('a');
    expect(calls()).toBe(1);
    clock.nowMs += 2 * 60_000;
    expect((await provide()).accessKeyId).toBe('b');
    expect(calls()).toBe(2);
  });

  test('serve to their end when they cannot be refreshed, and no longer', async () => {
    const { provide, clock } = cached(made(10), new Error('down'));
    await provide();
    clock.nowMs += 8 * 60_000;
    expect((await provide()).accessKeyId).toBe('a');
    clock.nowMs += 3 * 60_000;
    await expect(provide()).rejects.toThrow('down');
  });

  test('are told apart from those that do not, which are asked for each time', async () => {
    const { provide, calls } = cached(made(undefined));
    await provide();
    await provide();
    expect(calls()).toBe(2);
  });
});
