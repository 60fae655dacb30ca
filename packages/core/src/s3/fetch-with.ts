import { ValetkeyError } from '../errors.ts';
import { checkCredentials } from '../signing/check-credentials.ts';
import { Credentials } from '../signing/credentials.ts';
import { sdkCause } from './sdk-cause.ts';

const usualHint =
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or sign in with `aws sso login`.';

/** Keys as the SDK has them. */
export interface SdkKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: { getTime(): number };
  /** The true end, where the SDK has put off `expiration` to get over an outage. */
  readonly originalExpiration?: { getTime(): number };
}

/**
 * The SDK's provider as ours.
 * @throws (the result) ValetkeyError `credentials-unavailable`, saying where they were looked for
 */
export function fetchWith(
  provide: () => Promise<SdkKeys>,
  name: string,
  hint = usualHint,
): () => Promise<Credentials> {
  return async () => {
    try {
      return toCredentials(await provide());
    } catch (error) {
      throw new ValetkeyError('credentials-unavailable', {
        field: 'credentials',
        expected: `keys from ${name}`,
        got: 'none',
        hint,
        cause: sdkCause(error),
      });
    }
  };
}

/**
 * @throws ValetkeyError `credentials-unavailable` for keys that could not sign
 */
export function toCredentials(keys: SdkKeys): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, originalExpiration } = keys;
  const credentials = new Credentials({
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiresAtMs: (originalExpiration ?? expiration)?.getTime(),
  });
  checkCredentials(credentials);
  return credentials;
}
