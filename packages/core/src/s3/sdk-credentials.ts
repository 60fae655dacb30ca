/** Credentials that the AWS SDK fetches: its chain, profiles, roles and the endpoints of machines. */
import {
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import { ValetkeyError } from '../errors.ts';
import { Credentials } from '../signing/credentials.ts';
import type { StoreCredentials } from './configuration-schema.ts';

const metadataTimeoutMs = 2000;
const metadataRetries = 3;
const usualSessionName = 'valetkey';

type SdkProvider = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: { getTime(): number };
}>;

/** Fetches anew at each call; undefined when the source is none of the SDK's. */
export function sdkCredentials(source: StoreCredentials): (() => Promise<Credentials>) | undefined {
  if (source.default !== undefined) return fetchWith(fromNodeProviderChain(), 'the AWS default chain');
  if (source.sharedConfig !== undefined) {
    const { profile } = source.sharedConfig;
    return fetchWith(
      fromIni(profile === undefined ? {} : { profile }),
      `the shared profile ${profile ?? 'default'}`,
    );
  }
  if (source.assumeRole !== undefined) return assumeRole(source.assumeRole);
  if (source.webIdentity !== undefined) return webIdentity(source.webIdentity);
  const metadata = { timeout: metadataTimeoutMs, maxRetries: metadataRetries };
  if (source.instance !== undefined) {
    return fetchWith(
      fromInstanceMetadata(metadata),
      'the instance metadata service',
      'Is this an EC2 instance with a role?',
    );
  }
  if (source.container !== undefined) {
    return fetchWith(
      fromHttp(metadata),
      'the container credentials endpoint',
      'Is this a task or a pod with a role?',
    );
  }
  return undefined;
}

function assumeRole(source: NonNullable<StoreCredentials['assumeRole']>): () => Promise<Credentials> {
  const { roleArn, externalId, sessionName = usualSessionName } = source;
  return fetchWith(
    fromTemporaryCredentials({
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      clientConfig: stsClient(source),
    }),
    `the role ${roleArn}`,
    'May these credentials assume the role, and does its trust policy name them?',
  );
}

function webIdentity(source: NonNullable<StoreCredentials['webIdentity']>): () => Promise<Credentials> {
  const { roleArn, tokenFile, sessionName = usualSessionName } = source;
  return fetchWith(
    fromTokenFile({
      roleArn,
      roleSessionName: sessionName,
      ...(tokenFile === undefined ? {} : { webIdentityTokenFile: tokenFile }),
      clientConfig: stsClient(source),
    }),
    `the role ${roleArn}`,
    'Is the token file there, and does the role trust its issuer?',
  );
}

interface StsPlace {
  readonly region?: string | undefined;
  readonly stsEndpoint?: string | undefined;
}

/** Always named, so that no variable of the environment sends the token elsewhere. */
function stsClient({ region = 'us-east-1', stsEndpoint }: StsPlace) {
  const suffix = region.startsWith('cn-') ? '.cn' : '';
  return { region, endpoint: stsEndpoint ?? `https://sts.${region}.amazonaws.com${suffix}` };
}

const usualHint =
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or sign in with `aws sso login`.';

function fetchWith(provide: SdkProvider, name: string, hint = usualHint): () => Promise<Credentials> {
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
        hint,
        cause: error,
      });
    }
  };
}
