/// <reference types="node" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { serving, type Asked } from '../../test/aws-server.ts';
import { credentialProvider } from './credential-provider.ts';

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
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

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
      assumeRole: {
        roleArn,
        externalId: 'x-1',
        stsEndpoint: origin,
        region: 'eu-central-1',
        sessionDuration: '12h',
      },
    };
    const provided = await credentialProvider(source, {})();
    expect(provided).toMatchObject(expected);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: roleArn,
      RoleSessionName: 'valetkey',
      ExternalId: 'x-1',
      DurationSeconds: '43200',
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
    // EKS Pod Identity: the token lies in a file that the kubelet renews.
    const tokenFile = path.join(folder, 'pod-token');
    writeFileSync(tokenFile, 'pod.identity.token');
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', undefined);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', tokenFile);
    expect(await credentialProvider({ container: {} }, {})()).toMatchObject(expected);
    expect(asked[1]?.headers.authorization).toBe('pod.identity.token');
  });

  test('from the web identity of the environment, for a pod with a service account', async () => {
    const { origin, asked } = await serving(stsAnswer);
    const tokenFile = path.join(folder, 'irsa');
    writeFileSync(tokenFile, 'd.e.f');
    vi.stubEnv('AWS_ROLE_ARN', roleArn);
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', tokenFile);
    const source = { webIdentity: { roleArn, stsEndpoint: origin, sessionDuration: '2h' } };
    expect(await credentialProvider(source, {})()).toMatchObject(expected);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      WebIdentityToken: 'd.e.f',
      DurationSeconds: '7200',
    });
  });
});

test('a session that is too long for its role says so', async () => {
  const { origin } = await serving(() => ({
    status: 400,
    body: '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>',
  }));
  const assumeRole = { roleArn, stsEndpoint: origin, sessionDuration: '12h' };
  await expect(credentialProvider({ assumeRole }, {})()).rejects.toMatchObject({
    code: 'credentials-unavailable',
    hint: expect.stringContaining('shorter session'),
  });
});

test('keys that had ended when they assumed a role say so, and a policy that STS cannot pack', async () => {
  const answers = ['ExpiredTokenException', 'PackedPolicyTooLarge'];
  const { origin } = await serving(() => ({
    status: 400,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${answers.shift() ?? ''}</Code><Message>no</Message></Error></ErrorResponse>`,
  }));
  const provide = credentialProvider({ assumeRole: { roleArn, stsEndpoint: origin } }, {});
  await expect(provide()).rejects.toMatchObject({ code: 'credentials-expired' });
  await expect(provide()).rejects.toMatchObject({ code: 'session-policy-too-large' });
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

test('an instance whose keys have ended already is not believed, however the SDK puts their end off', async () => {
  const { origin } = await serving(({ method, path: asks }) => {
    if (method === 'PUT') return { body: 'session', type: 'text/plain' };
    if (asks.includes('-extended')) return { status: 404, body: '' };
    if (asks.endsWith('/')) return { body: 'signer', type: 'text/plain' };
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = keys;
    const ended = {
      Code: 'Success',
      AccessKeyId,
      SecretAccessKey,
      Token,
      Expiration: '2026-01-01T00:00:00Z',
    };
    return { body: JSON.stringify(ended), type: 'application/json' };
  });
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', origin);
  await expect(credentialProvider({ instance: {} }, {})()).rejects.toMatchObject({
    code: 'credentials-expired',
    got: 'keys that ended at 2026-01-01T00:00:00Z',
  });
});
