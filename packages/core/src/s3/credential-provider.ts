import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { readFile } from 'node:fs/promises';
import { ValetkeyError } from '../errors.ts';
import { Credentials } from '../signing/credentials.ts';
import type { StoreCredentials } from './configuration-schema.ts';
import { parseSecretFile } from './secret-file.ts';

/**
 * Fetches credentials when they are needed; called once per signing, so that rotation is seen.
 * @public
 */
export type CredentialProvider = () => Promise<Credentials>;

/**
 * How a store's credentials are had. Nothing is cached here but what the AWS SDK caches itself.
 * @throws ValetkeyError `credentials-unavailable`, without any part of the keys
 * @public
 */
export function credentialProvider(
  source: StoreCredentials,
  environment: Readonly<Record<string, string | undefined>>,
): CredentialProvider {
  if (source.environment !== undefined) {
    const names = source.environment;
    return async () => fromEnvironment(names, environment);
  }
  if (source.secretFile !== undefined) {
    const { path } = source.secretFile;
    return async () => parseSecretFile(await readSecret(path), path);
  }
  if (source.sharedConfig !== undefined) {
    const { profile } = source.sharedConfig;
    return fromSdk(
      fromIni(profile === undefined ? {} : { profile }),
      `the shared profile ${profile ?? 'default'}`,
    );
  }
  if (source.default !== undefined) return fromSdk(fromNodeProviderChain(), 'the AWS default chain');
  const [kind = 'none'] = Object.keys(source);
  return async () => {
    throw new ValetkeyError('credentials-unavailable', {
      field: `credentials.${kind}`,
      expected: 'default, environment, sharedConfig or secretFile',
      got: kind,
      hint: 'The default chain reaches instance, container and web identity roles.',
    });
  };
}

type SdkProvider = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: { getTime(): number };
}>;

function fromSdk(provide: SdkProvider, name: string): CredentialProvider {
  return async () => {
    try {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide();
      return new Credentials({
        accessKeyId,
        secretAccessKey,
        sessionToken,
        expiresAtMs: expiration?.getTime(),
      });
    } catch (error) {
      throw new ValetkeyError('credentials-unavailable', {
        field: 'credentials',
        expected: `keys from ${name}`,
        got: 'none',
        hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or sign in with `aws sso login`.',
        cause: error,
      });
    }
  };
}

function fromEnvironment(
  names: NonNullable<StoreCredentials['environment']>,
  environment: Readonly<Record<string, string | undefined>>,
): Credentials {
  const read = (name: string) => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    throw new ValetkeyError('credentials-unavailable', {
      field: name,
      expected: 'a variable that is set',
      got: 'none',
    });
  };
  const accessKeyId = read(names.accessKeyId ?? 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = read(names.secretAccessKey ?? 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = environment[names.sessionToken ?? 'AWS_SESSION_TOKEN'];
  return new Credentials({
    accessKeyId,
    secretAccessKey,
    sessionToken: sessionToken === '' ? undefined : sessionToken,
  });
}

async function readSecret(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ValetkeyError('credentials-unavailable', {
      field: path,
      expected: 'a file that can be read',
      got: error instanceof Error && 'code' in error ? String(error.code) : 'an error',
      cause: error,
    });
  }
}
