import { systemClock, type Clock } from '../clock.ts';
import { ValetkeyError } from '../errors.ts';
import { Credentials } from '../signing/credentials.ts';
import { cacheCredentials } from './cached-credentials.ts';
import type { StoreCredentials } from './configuration-schema.ts';
import { readText } from './read-text.ts';
import { sdkCredentials } from './sdk-credentials.ts';
import { parseSecretFile } from './secret-file.ts';

/**
 * Fetches credentials when they are needed; called once per signing, so that rotation is seen.
 * @public
 */
export type CredentialProvider = () => Promise<Credentials>;

/**
 * How a store's credentials are had. Keys that say when they end are kept until five minutes before it, then
 * fetched anew; all others are read at each call.
 * @throws ValetkeyError `credentials-unavailable`, without any part of the keys
 * @public
 */
export function credentialProvider(
  source: StoreCredentials,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock = systemClock,
): CredentialProvider {
  if (source.environment !== undefined) {
    const names = source.environment;
    return async () => fromEnvironment(names, environment);
  }
  if (source.secretFile !== undefined) {
    const { path } = source.secretFile;
    return async () => parseSecretFile(await readText(path, { code: 'credentials-unavailable' }), path);
  }
  const fetch = sdkCredentials(source);
  if (fetch === undefined) throw new TypeError('the schema lets no other kind through');
  return cacheCredentials(fetch, clock);
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
