import { randomBytes } from 'node:crypto';

/**
 * An access key pair nobody else has, so that a URL signed for one engine is worth nothing at another.
 *
 * @internal
 */
export const randomCredentials = (): { accessKeyId: string; secretAccessKey: string } => ({
  accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});
