/// <reference types="node" />
/** Profiles of the shared configuration: keys, a process, a role, single sign-on. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { carryTo, serving } from '../../test/aws-server.ts';
import { systemClock } from '../clock.ts';
import { awsTransport } from './aws-transport.ts';
import { credentialProvider } from './credential-provider.ts';

const home = mkdtempSync(path.join(tmpdir(), 'valetkey-profiles-'));
const ends = '2030-01-01T00:00:00Z';
const startUrl = 'https://example.awsapps.com/start';

beforeEach(() => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  // Variables that must not decide who gets a token.
  for (const suffix of ['', '_SSO', '_SSO_OIDC', '_STS'])
    vi.stubEnv(`AWS_ENDPOINT_URL${suffix}`, 'http://127.0.0.1:9');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(home, { recursive: true }));

let files = 0;
function configure(config: string, credentials = ''): void {
  files += 1;
  for (const [variable, name, content] of [
    ['AWS_CONFIG_FILE', `config-${files}`, config],
    ['AWS_SHARED_CREDENTIALS_FILE', `credentials-${files}`, credentials],
  ] as const) {
    writeFileSync(path.join(home, name), content);
    vi.stubEnv(variable, path.join(home, name));
  }
}

const profile = (name: string, transport = awsTransport) =>
  credentialProvider({ sharedConfig: { profile: name } }, {}, systemClock, transport);

describe('a profile gives keys', () => {
  test('of the credentials file, and new ones when the file changes', async () => {
    configure('', '[reader]\naws_access_key_id = AKIAONE\naws_secret_access_key = shh\n');
    const provide = profile('reader');
    expect(await provide()).toMatchObject({ accessKeyId: 'AKIAONE', secretAccessKey: 'shh' });
    const file = process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '';
    writeFileSync(file, '[reader]\naws_access_key_id = AKIATWO\naws_secret_access_key = shh\n');
    expect(await provide()).toMatchObject({ accessKeyId: 'AKIATWO' });
  });

  test('of the configuration file, also through the default chain', async () => {
    configure('[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = shh\n');
    expect(await credentialProvider({ default: {} }, {})()).toMatchObject({ accessKeyId: 'AKIADEFAULT' });
  });

  test('of a process, which end when it says', async () => {
    const keys = {
      Version: 1,
      AccessKeyId: 'ASIAPROCESS',
      SecretAccessKey: 'shh',
      SessionToken: 't',
      Expiration: ends,
    };
    const script = path.join(home, 'keys.mjs');
    writeFileSync(script, `console.log(${JSON.stringify(JSON.stringify(keys))})`);
    configure(`[profile tool]\ncredential_process = "${process.execPath}" "${script}"\n`);
    expect(await profile('tool')()).toMatchObject({
      accessKeyId: 'ASIAPROCESS',
      sessionToken: 't',
      expiresAtMs: Date.parse(ends),
    });
  });

  test('of a process that hangs when it is asked again: those at hand sign until it answers', async () => {
    const [asked, go] = [path.join(home, 'asked'), path.join(home, 'go')];
    const script = path.join(home, 'hangs.mjs');
    const keysFor = (id: string, minutes: number) => ({
      Version: 1,
      AccessKeyId: id,
      SecretAccessKey: 'shh',
      Expiration: new Date(systemClock.now() + minutes * 60_000).toISOString(),
    });
    writeFileSync(
      script,
      `import { existsSync, writeFileSync } from 'node:fs';
      import { setTimeout } from 'node:timers/promises';
      if (!existsSync(${JSON.stringify(asked)})) console.log(${JSON.stringify(JSON.stringify(keysFor('ASIAFIRST', 4)))});
      else {
        while (!existsSync(${JSON.stringify(go)})) await setTimeout(20);
        console.log(${JSON.stringify(JSON.stringify(keysFor('ASIASECOND', 60)))});
      }
      writeFileSync(${JSON.stringify(asked)}, '');`,
    );
    configure(`[profile stuck]\ncredential_process = "${process.execPath}" "${script}"\n`);
    let laterMs = 0;
    const clock = { now: () => systemClock.now() + laterMs };
    const provide = credentialProvider({ sharedConfig: { profile: 'stuck' } }, {}, clock);
    const idOf = async (lifetimeSeconds?: number) => (await provide(lifetimeSeconds)).accessKeyId;
    onTestFinished(() => writeFileSync(go, ''));
    expect(await idOf(60)).toBe('ASIAFIRST');
    laterMs = 11_000;
    expect([await idOf(60), await idOf(3600), await idOf()]).toEqual(['ASIAFIRST', 'ASIAFIRST', 'ASIAFIRST']);
    writeFileSync(go, '');
    await vi.waitFor(async () => expect(await idOf(60)).toBe('ASIASECOND'), { timeout: 10_000 });
  });

  test('of a single sign-on, with the token that `aws sso login` left, asked of AWS and nobody else', async () => {
    const { origin, asked } = await serving(() => ({
      body: JSON.stringify({
        roleCredentials: {
          accessKeyId: 'ASIASSO',
          secretAccessKey: 'shh',
          sessionToken: 't',
          expiration: Date.parse(ends),
        },
      }),
      type: 'application/json',
    }));
    const { transport, meantFor } = carryTo(origin);
    signIn('corp', '2029-01-01T00:00:00Z');
    configure(
      `[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n` +
        `[sso-session corp]\nsso_start_url = ${startUrl}\nsso_region = eu-central-1\n`,
    );
    expect(await profile('dev', transport)()).toMatchObject({
      accessKeyId: 'ASIASSO',
      expiresAtMs: Date.parse(ends),
    });
    expect(meantFor).toEqual(['https://portal.sso.eu-central-1.amazonaws.com']);
    const { pathname, searchParams } = new URL(asked[0]?.path ?? '', origin);
    expect(pathname).toBe('/federation/credentials');
    expect(Object.fromEntries(searchParams)).toEqual({ account_id: '123456789012', role_name: 'Reader' });
    expect(asked[0]?.headers['x-amz-sso_bearer_token']).toBe('canary-sso-token');
  });

  test('of a role that another profile assumes, at the STS of its region', async () => {
    const { origin, asked } = await serving(() => ({
      body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>shh</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>${ends}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    }));
    const { transport, meantFor } = carryTo(origin);
    configure(
      `[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nregion = eu-west-1\n`,
      `[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = shh\n`,
    );
    expect(await profile('role', transport)()).toMatchObject({ accessKeyId: 'ASIAROLE' });
    expect(meantFor).toEqual(['https://sts.eu-west-1.amazonaws.com']);
    expect(asked[0]?.headers.authorization).toContain('Credential=AKIABASE/');
  });
});

describe('a profile without keys says what to do', () => {
  test('when the single sign-on has ended', async () => {
    signIn('old', '2026-01-01T00:00:00Z');
    configure(
      `[profile dev]\nsso_session = old\nsso_account_id = 123456789012\nsso_role_name = Reader\n` +
        `[sso-session old]\nsso_start_url = ${startUrl}\nsso_region = eu-central-1\n`,
    );
    await expect(profile('dev')()).rejects.toMatchObject({
      code: 'credentials-unavailable',
      hint: expect.stringContaining('aws sso login'),
    });
  });

  test.each([
    ['no keys', '[empty]\n'],
    ['an empty key', '[empty]\naws_access_key_id =\naws_secret_access_key = shh\n'],
    ['an empty secret', '[empty]\naws_access_key_id = AKIA\naws_secret_access_key =\n'],
  ])('when it has %s', async (_title, credentials) => {
    configure('', credentials);
    await expect(profile('empty')()).rejects.toMatchObject({ code: 'credentials-unavailable' });
  });

  test.each([
    ['prints no JSON', 'console.log("canary-secret")'],
    [
      'prints ended keys',
      `console.log('{"Version":1,"AccessKeyId":"A","SecretAccessKey":"canary-secret","Expiration":"2026-01-01T00:00:00Z"}')`,
    ],
    ['fails', 'process.exit(3)'],
  ])('when its process %s', async (_title, code) => {
    const script = path.join(home, 'bad.mjs');
    writeFileSync(script, code);
    configure(`[profile tool]\ncredential_process = "${process.execPath}" "${script}"\n`);
    const error: unknown = await profile('tool')().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'credentials-unavailable' });
    expect(String(error instanceof Error ? error.cause : '')).not.toContain('canary-secret');
  });
});

/** What `aws sso login` writes. */
function signIn(session: string, expiresAt: string): void {
  const cache = path.join(home, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const name = createHash('sha1').update(session).digest('hex');
  const token = { startUrl, region: 'eu-central-1', accessToken: 'canary-sso-token', expiresAt };
  writeFileSync(path.join(cache, `${name}.json`), JSON.stringify(token));
}
