import { CreateSessionCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Clock } from '../../clock.ts';
import { ValetkeyError } from '../../errors.ts';
import type { Method } from '../../grammar/method.ts';
import type { Credentials } from '../../signing/credentials.ts';
import { awsClientOptions, awsPlainPlace, type AwsTransport } from '../aws-transport.ts';
import { cacheCredentials, type CredentialProvider } from '../cached-credentials.ts';
import { toCredentials } from '../fetch-with.ts';
import { sdkCause } from '../sdk-cause.ts';

/** Keys of a session of a directory bucket: five minutes, for reading or for everything. */
export type DirectorySessions = (
  bucket: string,
  method: Method,
  lifetimeSeconds: number,
) => Promise<Credentials>;

/** What sessions are made with. */
export interface DirectorySessionsOptions {
  readonly region: string;
  readonly provide: CredentialProvider;
  readonly clock: Clock;
  readonly transport: AwsTransport;
}

/**
 * Sessions of directory buckets, kept while they live. Source: Amazon S3 API Reference, CreateSession.
 * @throws (the result) ValetkeyError `store-unavailable`, and what `provide` throws
 */
export function createDirectorySessions(options: DirectorySessionsOptions): DirectorySessions {
  const kept = new Map<string, CredentialProvider>();
  return (bucket, method, lifetimeSeconds) => {
    const mode = method === 'GET' || method === 'HEAD' ? 'ReadOnly' : 'ReadWrite';
    const name = `${mode} ${bucket}`;
    const fetch = () => createSession(bucket, mode, options);
    const session = kept.get(name) ?? cacheCredentials({ fetch, clock: options.clock, isSession: true });
    kept.set(name, session);
    return session(lifetimeSeconds);
  };
}

async function createSession(
  bucket: string,
  mode: 'ReadOnly' | 'ReadWrite',
  { region, provide, transport }: DirectorySessionsOptions,
): Promise<Credentials> {
  const { accessKeyId, secretAccessKey, sessionToken } = await provide();
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  const client = new S3Client({ ...awsClientOptions(transport), ...awsPlainPlace, region, credentials });
  try {
    const { Credentials: keys } = await client.send(
      new CreateSessionCommand({ Bucket: bucket, SessionMode: mode }),
    );
    return toCredentials({
      accessKeyId: keys?.AccessKeyId ?? '',
      secretAccessKey: keys?.SecretAccessKey ?? '',
      sessionToken: keys?.SessionToken ?? '',
      ...(keys?.Expiration === undefined ? {} : { expiration: keys.Expiration }),
    });
  } catch (error) {
    if (error instanceof ValetkeyError) throw error;
    throw new ValetkeyError('store-unavailable', {
      field: 'bucket',
      expected: `a session of the directory bucket ${bucket}`,
      got: error instanceof S3ServiceException ? error.name : 'no answer',
      hint: 'May these credentials call s3express:CreateSession for it?',
      cause: sdkCause(error),
    });
  }
}
