import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { ValetkeyError } from '../errors.ts';
import { quote } from '../grammar/quote.ts';
import type { Credentials, SigningCredentials } from '../signing/credentials.ts';
import { awsClientOptions, awsTransport, type AwsTransport } from './aws-transport.ts';
import { toCredentials } from './fetch-with.ts';
import { sdkCause } from './sdk-cause.ts';
import { stsPlace, type StsPlace } from './sts-place.ts';

/** STS's own default. Roles allow an hour unless somebody allows them more. */
export const usualSessionSeconds = 3600;
/** Bounds of every session; the role's own maximum may be lower. */
export const minSessionSeconds = 900;
export const maxSessionSeconds = 43_200;

// AWS STS API reference, AssumeRole.
const roleArnPattern = /^arn:[a-z0-9-]+:iam::[0-9]{12}:role\/[\x21-\x7e]{1,512}$/;
const sessionNamePattern = /^[\w+=,.@-]{2,64}$/;
const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/;
const maxPolicyCharacters = 2048;

/**
 * A session of a role.
 * @public
 */
export interface RoleSession {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** Shown in the provider's audit log: 2 to 64 of `A-Za-z0-9_+=,.@-`. */
  readonly sessionName: string;
  /** A session policy, as JSON: the session may do what the role and this both allow. At most 2,048 characters. */
  readonly policy?: string | undefined;
  /** Seconds, 900…43200; the role's own maximum bounds it, and an hour where the source is itself a role. */
  readonly durationSeconds: number;
}

/**
 * Where a session is had, and with whose keys.
 * @public
 */
export interface RoleSource extends StsPlace {
  readonly source: () => Promise<SigningCredentials>;
}

/**
 * Assumes a role once. The STS is the one that is named here, or the region's; nothing of the environment moves it.
 * Source: AWS STS API reference, AssumeRole.
 * @throws ValetkeyError `session-policy-too-large`, `invalid-configuration`, `credentials-expired` when the source's
 * keys have ended, `credentials-unavailable`
 * @public
 */
export async function assumeRoleSession(
  request: RoleSession & RoleSource,
  transport: AwsTransport = awsTransport,
): Promise<Credentials> {
  checkSession(request);
  const { roleArn, externalId, sessionName, policy, durationSeconds, source, ...place } = request;
  const masterCredentials = toPlainKeys(await source());
  try {
    const keys = await fromTemporaryCredentials({
      masterCredentials,
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: durationSeconds,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
        ...(policy === undefined ? {} : { Policy: policy }),
      },
      clientConfig: { ...awsClientOptions(transport), ...stsPlace(place) },
    })();
    return toCredentials(keys);
  } catch (error) {
    throw toError(error instanceof ValetkeyError ? error : sdkCause(error), roleArn);
  }
}

/** The SDK copies keys by spreading, which ours do not allow. */
function toPlainKeys({ accessKeyId, secretAccessKey, sessionToken }: SigningCredentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function checkSession({ roleArn, externalId, sessionName, policy, durationSeconds }: RoleSession): void {
  if (!roleArnPattern.test(roleArn)) {
    throw invalid('roleArn', 'a role such as arn:aws:iam::123456789012:role/signer', quote(roleArn));
  }
  if (!sessionNamePattern.test(sessionName)) {
    throw invalid('sessionName', '2 to 64 of A-Z, a-z, 0-9 and _+=,.@-', quote(sessionName));
  }
  if (externalId !== undefined && !externalIdPattern.test(externalId)) {
    throw invalid('externalId', '2 to 1224 of A-Z, a-z, 0-9 and _+=,.@:/-', 'something else');
  }
  const isDuration = durationSeconds >= minSessionSeconds && durationSeconds <= maxSessionSeconds;
  if (!Number.isInteger(durationSeconds) || !isDuration) {
    throw invalid('durationSeconds', '900 to 43200 seconds (15m to 12h)', quote(durationSeconds));
  }
  if (policy !== undefined && policy.length > maxPolicyCharacters) throw tooLarge(`${policy.length}`);
}

function invalid(field: string, expected: string, got: string): ValetkeyError {
  return new ValetkeyError('invalid-configuration', { field, expected, got });
}

function tooLarge(got: string, cause?: unknown): ValetkeyError {
  return new ValetkeyError('session-policy-too-large', {
    field: 'policy',
    expected: `at most ${maxPolicyCharacters} characters, and what STS packs into a session`,
    got,
    hint: 'Name fewer objects per session, or give them a common prefix.',
    cause,
  });
}

/** Names of STS's errors are its API; their messages are not. */
function toError(error: Error, roleArn: string): ValetkeyError {
  const { name } = error;
  if (name.startsWith('PackedPolicyTooLarge')) return tooLarge('more, once packed', error);
  if (name.startsWith('ExpiredToken')) {
    return new ValetkeyError('credentials-expired', {
      field: 'credentials',
      expected: `living keys that assume ${roleArn}`,
      got: 'keys that have ended',
      cause: error,
    });
  }
  return new ValetkeyError('credentials-unavailable', {
    field: 'credentials',
    expected: `keys from the role ${roleArn}`,
    got: 'none',
    hint:
      name === 'ValidationError'
        ? "Ask for a shorter session, or raise the role's maximum; keys that are a role's own get an hour at most."
        : 'May these credentials assume the role, and does its trust policy name them?',
    cause: error,
  });
}
