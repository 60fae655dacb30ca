/// <reference types="node" />
/** Static keys, and sessions of a role assumed at SeaweedFS's own STS, and what their URLs open. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createBucket, putObject, requireEngine } from '@valetkey/testbed';
import { afterEach, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';

import {
  compileSessionPolicy,
  defineStore,
  ownerGrant,
  presign,
  type SigningCredentials,
} from '../src/index.ts';
import { assumeRoleSession, createRoleSessions, credentialProvider } from '../src/s3.ts';

const engine = requireEngine(inject('engines'), 'seaweedfs');
const { endpoint: stsEndpoint = '', roleArn = '' } = engine.sts ?? {};
const bucket = `roles-${randomUUID()}`;
const store = defineStore({ name: 'test', profile: 'seaweedfs', endpoint: engine.endpoint });
const source = async () => engine;

const onlyIn = (prefix: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${bucket}/${prefix}*`] },
    ],
  });
const session = { roleArn, sessionName: 'team.weights', durationSeconds: 900, policy: onlyIn('team/') };

const sign = (keys: SigningCredentials, key: string, lifetimeSeconds = 60) =>
  presign(ownerGrant({ method: 'GET', bucket, key, lifetimeSeconds }, store), keys, {
    store,
    nowMs: Date.now(),
  });
const statusOf = async (keys: SigningCredentials, key: string) =>
  (await fetch(sign(keys, key).reveal())).status;

beforeAll(async () => {
  await createBucket(engine, bucket);
  for (const key of ['team/a', 'other/a']) await putObject(engine, { bucket, key, body: key });
});
afterEach(() => vi.unstubAllEnvs());

describe('static keys', () => {
  const { accessKeyId, secretAccessKey } = engine;

  function secretFile(content: Record<string, string>): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-keys-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'keys.json');
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }

  test('of a secret file sign for seven days, since nothing ends them', async () => {
    const file = secretFile({ accessKeyId, secretAccessKey });
    const keys = await credentialProvider({ secretFile: { path: file } }, {})();
    expect(await statusOf(keys, 'team/a')).toBe(200);
    expect(sign(keys, 'team/a', 604_800).limitedBy).toBe('asked');
  });

  test('of the environment sign, and end when it says so', async () => {
    const environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const keys = await credentialProvider({ environment: {} }, environment)();
    expect(await statusOf(keys, 'team/a')).toBe(200);
    const AWS_CREDENTIAL_EXPIRATION = new Date(Date.now() + 600_000).toISOString();
    const ending = credentialProvider({ environment: {} }, { ...environment, AWS_CREDENTIAL_EXPIRATION });
    expect(sign(await ending(), 'team/a', 3600).limitedBy).toBe('credentials');
  });

  test.each([
    ['have ended', -1],
    ['have less than a minute left', 30],
  ])('that %s are refused', async (_title, seconds) => {
    const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
    const file = secretFile({ accessKeyId, secretAccessKey, expiresAt });
    const keys = await credentialProvider({ secretFile: { path: file } }, {})();
    expect(() => sign(keys, 'team/a')).toThrow(expect.objectContaining({ code: 'credentials-expired' }));
  });
});

describe('a session of a role', () => {
  test('opens the prefix of its session policy and answers 403 outside', async () => {
    const keys = await assumeRoleSession({ ...session, source, stsEndpoint });
    expect(keys.sessionToken).toBeTruthy();
    expect(sign(keys, 'team/a').reveal()).toContain('X-Amz-Security-Token=');
    expect([await statusOf(keys, 'team/a'), await statusOf(keys, 'other/a')]).toEqual([200, 403]);
  });

  test('without a session policy opens what its role may', async () => {
    const keys = await assumeRoleSession({ ...session, policy: undefined, source, stsEndpoint });
    expect([await statusOf(keys, 'team/a'), await statusOf(keys, 'other/a')]).toEqual([200, 200]);
  });

  test('opens exactly the grants that its policy was compiled from', async () => {
    const grant = ownerGrant({ method: 'GET', bucket, key: 'team/a', lifetimeSeconds: 60 }, store);
    const policy = compileSessionPolicy([grant]);
    const keys = await assumeRoleSession({ ...session, policy, source, stsEndpoint });
    await putObject(engine, { bucket, key: 'team/b', body: 'b' });
    expect(await Promise.all(['team/a', 'team/b', 'other/a'].map((key) => statusOf(keys, key)))).toEqual([
      200, 403, 403,
    ]);
  });

  test('ends its URLs a minute before itself, and says so', async () => {
    const keys = await assumeRoleSession({ ...session, source, stsEndpoint });
    const url = sign(keys, 'team/a', 7200);
    expect(url.limitedBy).toBe('credentials');
    const leftSeconds = (Date.parse(url.expiresAt) - Date.now()) / 1000;
    expect(leftSeconds).toBeGreaterThan(900 - 60 - 30);
    expect(leftSeconds).toBeLessThanOrEqual(900 - 60);
  });

  test('comes from the configuration too, with the keys of the chain', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', engine.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', engine.secretAccessKey);
    const assumeRole = { roleArn, stsEndpoint, sessionDuration: '12h' };
    const keys = await credentialProvider({ assumeRole }, {})();
    expect(await statusOf(keys, 'team/a')).toBe(200);
    expect(sign(keys, 'team/a', 11 * 3600).limitedBy).toBe('asked');
    expect(sign(keys, 'team/a', 12 * 3600).limitedBy).toBe('credentials');
  });

  test('is one for everybody who asks for the same, and another for another policy', async () => {
    const sessions = createRoleSessions({ source, stsEndpoint });
    const [one, same, other] = await Promise.all([
      sessions(session, 300),
      sessions({ ...session }, 300),
      sessions({ ...session, policy: onlyIn('other/') }, 300),
    ]);
    expect(same.accessKeyId).toBe(one.accessKeyId);
    expect(await sessions(session, 300)).toBe(one);
    expect([await statusOf(one, 'other/a'), await statusOf(other, 'other/a')]).toEqual([403, 200]);
  });

  test('that has not been used for longest makes room', async () => {
    const sessions = createRoleSessions({ source, stsEndpoint, maxSessions: 1 });
    const first = await sessions(session);
    await sessions({ ...session, sessionName: 'team.other' });
    expect((await sessions(session)).accessKeyId).not.toBe(first.accessKeyId);
  });
});

describe('a session of a role is refused', () => {
  test('when the role may not be assumed', async () => {
    const nobody = { ...session, roleArn: 'arn:aws:iam::000000000000:role/nobody' };
    await expect(assumeRoleSession({ ...nobody, source, stsEndpoint })).rejects.toMatchObject({
      code: 'credentials-unavailable',
      expected: `keys from the role ${nobody.roleArn}`,
    });
  });

  test('when the own keys are wrong, without showing them', async () => {
    const wrong = async () => ({ accessKeyId: engine.accessKeyId, secretAccessKey: 'canary-secret' });
    const error: unknown = await assumeRoleSession({ ...session, source: wrong, stsEndpoint }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'credentials-unavailable' });
    expect(JSON.stringify(error)).not.toContain('canary-secret');
  });

  test.each([
    ['a policy over 2,048 characters', { policy: `{"a":"${'x'.repeat(2048)}"}` }, 'session-policy-too-large'],
    ['a session name with a slash', { sessionName: 'team/weights' }, 'invalid-configuration'],
    ['a role that is none', { roleArn: 'arn:aws:iam::1:user/eve' }, 'invalid-configuration'],
    ['an external id with a space', { externalId: 'a b' }, 'invalid-configuration'],
    ['ten minutes', { durationSeconds: 600 }, 'invalid-configuration'],
    ['more than 12 hours', { durationSeconds: 43_201 }, 'invalid-configuration'],
    ['no number', { durationSeconds: Number.NaN }, 'invalid-configuration'],
  ])('with %s, before anybody is asked', async (_title, change, code) => {
    const asked = { ...session, ...change, source, stsEndpoint: 'http://127.0.0.1:9' };
    await expect(assumeRoleSession(asked)).rejects.toMatchObject({ code });
  });
});
