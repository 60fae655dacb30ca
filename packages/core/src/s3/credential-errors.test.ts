/// <reference types="node" />
/** Whatever goes wrong while keys are fetched, no error shows a token, a key or an answer that holds one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { carryTo, serving } from '../../test/aws-server.ts';
import { systemClock } from '../clock.ts';
import { ValetkeyError } from '../errors.ts';
import { redactError } from '../signing/redact-error.ts';
import type { StoreCredentials } from './configuration-schema.ts';
import { credentialProvider } from './credential-provider.ts';

const home = mkdtempSync(path.join(tmpdir(), 'valetkey-errors-'));
const canary = 'canaryCANARYcanary';
const roleArn = 'arn:aws:iam::123456789012:role/r';
const tokenFile = path.join(home, 'token');

beforeEach(() => {
  writeFileSync(tokenFile, `${canary}.token`);
  const cache = path.join(home, '.aws/sso/cache');
  mkdirSync(cache, { recursive: true });
  const session = { accessToken: canary, expiresAt: '2029-01-01T00:00:00Z' };
  writeFileSync(
    path.join(cache, `${createHash('sha1').update('corp').digest('hex')}.json`),
    JSON.stringify(session),
  );
  writeFileSync(
    path.join(home, 'config'),
    `[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n` +
      `[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-central-1\n`,
  );
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_PROFILE', undefined);
  vi.stubEnv('AWS_CONFIG_FILE', path.join(home, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(home, 'none'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOWNEROWNEROWNER1');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', `${canary}/secret`);
  vi.stubEnv('AWS_SESSION_TOKEN', `${canary}/session`);
  vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', `Basic ${canary}`);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(home, { recursive: true }));

type ToSource = (origin: string) => StoreCredentials;
const sources: readonly (readonly [string, ToSource])[] = [
  ['a role', (stsEndpoint) => ({ assumeRole: { roleArn, stsEndpoint } })],
  ['a web identity', (stsEndpoint) => ({ webIdentity: { roleArn, tokenFile, stsEndpoint } })],
  ['a single sign-on', () => ({ sharedConfig: { profile: 'dev' } })],
  ['an instance', () => ({ instance: {} })],
];
const answers: readonly (readonly [string, { status: number; body: string; type?: string }])[] = [
  ['a refusal', { status: 403, body: `<Error><Code>AccessDenied</Code><Message>no</Message></Error>` }],
  ['a page of something else', { status: 200, body: `<html>${canary}</html>`, type: 'text/html' }],
  ['JSON that is cut', { status: 200, body: `{"SecretAccessKey":"${canary}`, type: 'application/json' }],
  ['JSON without keys', { status: 200, body: `{"Token":"${canary}"}`, type: 'application/json' }],
  ['nothing', { status: 200, body: '' }],
];

type Answer = (typeof answers)[number][1];

async function expectNoSecret(toSource: ToSource, answer: Answer): Promise<void> {
  const { origin } = await serving(() => answer);
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${origin}/credentials`);
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', origin);
  const provide = credentialProvider(toSource(origin), {}, systemClock, carryTo(origin).transport);
  const error: unknown = await provide().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ValetkeyError);
  expect(error).toMatchObject({ code: 'credentials-unavailable' });
  const shown = [
    String(error),
    JSON.stringify(error),
    JSON.stringify(redactError(error)),
    inspect(error, { depth: 12, showHidden: true }),
  ];
  expect(shown.join('\n')).not.toContain(canary);
}

describe.each(sources)('keys of %s', (_source, toSource) => {
  test.each(answers)('that are answered with %s are an error without a secret', (_answer, answer) =>
    expectNoSecret(toSource, answer),
  );
});

test('keys of a container that are answered with JSON that is cut are an error without a secret', () =>
  expectNoSecret(() => ({ container: {} }), {
    status: 200,
    body: `{"Token":"${canary}`,
    type: 'application/json',
  }));
