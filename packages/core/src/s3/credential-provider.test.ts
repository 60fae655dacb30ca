/// <reference types="node" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { credentialProvider } from './credential-provider.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'valetkey-credentials-'));
const file = (name: string, content: string) => {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
};

beforeEach(() => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'none'));
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'none'));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

describe('credentials come', () => {
  test('from the variables that are named', async () => {
    const source = {
      environment: { accessKeyId: 'MY_ID', secretAccessKey: 'MY_SECRET', sessionToken: 'MY_TOKEN' },
    };
    const environment = { MY_ID: 'AKIA', MY_SECRET: 'shh', MY_TOKEN: 'token' };
    expect(await credentialProvider(source, environment)()).toMatchObject({
      accessKeyId: 'AKIA',
      secretAccessKey: 'shh',
      sessionToken: 'token',
    });
  });

  test('from a secret file, read anew each time', async () => {
    const secret = file(
      'keys.json',
      '{"accessKeyId":"one","secretAccessKey":"a","expiresAt":"2027-01-01T00:00:00Z"}',
    );
    const provide = credentialProvider({ secretFile: { path: secret } }, {});
    expect(await provide()).toMatchObject({ accessKeyId: 'one', expiresAtMs: Date.UTC(2027, 0, 1) });
    file('keys.json', '{"accessKeyId":"two","secretAccessKey":"b"}');
    expect(await provide()).toMatchObject({ accessKeyId: 'two', expiresAtMs: undefined });
  });

  test('from a profile of the shared configuration', async () => {
    vi.stubEnv(
      'AWS_SHARED_CREDENTIALS_FILE',
      file('shared', '[reader]\naws_access_key_id = AKIA\naws_secret_access_key = shh\n'),
    );
    expect(await credentialProvider({ sharedConfig: { profile: 'reader' } }, {})()).toMatchObject({
      accessKeyId: 'AKIA',
    });
  });

  test('from the default chain', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'shh');
    expect(await credentialProvider({ default: {} }, {})()).toMatchObject({
      accessKeyId: 'AKIA',
      secretAccessKey: 'shh',
    });
  });
});

describe('credentials that cannot be had', () => {
  test.each([
    ['a variable that is not set', { environment: {} }, 'AWS_ACCESS_KEY_ID'],
    ['an unknown profile', { sharedConfig: { profile: 'nobody' } }, 'the shared profile nobody'],
    ['an empty chain', { default: {} }, 'the AWS default chain'],
    ['a file that is not there', { secretFile: { path: path.join(folder, 'missing') } }, 'ENOENT'],
    [
      'a token file that is not there',
      {
        webIdentity: {
          roleArn: 'arn:aws:iam::123456789012:role/x',
          tokenFile: path.join(folder, 'missing'),
        },
      },
      'Is the token file there',
    ],
  ])('because of %s are an error that says so', async (_what, source, message) => {
    const provided = credentialProvider(source, {})();
    await expect(provided).rejects.toThrow(message);
    await expect(provided).rejects.toMatchObject({ code: 'credentials-unavailable' });
  });

  test.each([
    'canary-secret',
    '{"accessKeyId":"canary-secret"',
    '{"accessKeyId":"x","secretAccessKey":"canary-secret","extra":1}',
    '{"accessKeyId":"","secretAccessKey":"canary-secret"}',
    '["canary-secret"]',
  ])('because of the file content %s never show it', async (content) => {
    const error: unknown = await credentialProvider(
      { secretFile: { path: file('bad.json', content) } },
      {},
    )().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'credentials-unavailable' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary-secret');
  });
});
