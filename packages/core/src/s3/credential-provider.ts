import { systemClock, type Clock } from '../clock.ts';
import { ValetkeyError } from '../errors.ts';
import { parseInstant } from '../instant.ts';
import { Credentials } from '../signing/credentials.ts';
import { awsTransport, type AwsTransport } from './aws-transport.ts';
import { cacheCredentials, type CredentialProvider } from './cached-credentials.ts';
import type { StoreCredentials } from './configuration-schema.ts';
import { readText } from './read-text.ts';
import { sdkCredentials } from './sdk-credentials.ts';
import { parseSecretFile } from './secret-file.ts';

/**
 * How a store's credentials are had. Keys that say when they end are kept until five minutes before it, sessions of
 * a role until half of them or the URL's lifetime is left; all others are read at each call.
 * @throws (the provider) ValetkeyError `credentials-unavailable`, `credentials-expired`, without any part of the keys
 * @public
 */
export function credentialProvider(
  source: StoreCredentials,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock = systemClock,
  transport: AwsTransport = awsTransport,
): CredentialProvider {
  if (source.environment !== undefined) {
    const names = source.environment;
    return async () => fromEnvironment(names, environment);
  }
  if (source.secretFile !== undefined) {
    const { path } = source.secretFile;
    return async () => parseSecretFile(await readText(path, { code: 'credentials-unavailable' }), path);
  }
  const fromSdk = sdkCredentials(source, transport);
  if (fromSdk === undefined) return noS3Keys;
  return cacheCredentials({ ...fromSdk, clock });
}

/** A key of CloudFront signs URLs of its distribution and no request to S3. */
async function noS3Keys(): Promise<never> {
  throw new ValetkeyError('credentials-unavailable', {
    field: 'credentials',
    expected: 'keys of S3',
    got: 'cloudfrontKey',
    hint: 'Use the store behind the distribution for everything but downloads.',
  });
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
  // What `aws configure export-credentials --format env` sets; it belongs to the keys of the usual names.
  const ends = names.accessKeyId === undefined ? environment['AWS_CREDENTIAL_EXPIRATION'] : undefined;
  return new Credentials({
    accessKeyId,
    secretAccessKey,
    sessionToken: sessionToken === '' ? undefined : sessionToken,
    expiresAtMs:
      ends === undefined || ends === '' ? undefined : parseInstant(ends, 'AWS_CREDENTIAL_EXPIRATION'),
  });
}
