/** Credentials that the AWS SDK fetches: its chain, profiles, roles and the endpoints of machines. */
import {
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromNodeProviderChain,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import { parseDurationSeconds } from '../grammar/quantity.ts';
import type { Credentials } from '../signing/credentials.ts';
import { awsClientOptions, silentLogger, type AwsTransport } from './aws-transport.ts';
import type { StoreCredentials } from './configuration-schema.ts';
import { fetchWith } from './fetch-with.ts';
import { assumeRoleSession, usualSessionSeconds } from './role-session.ts';
import { stsPlace } from './sts-place.ts';

const metadata = { timeout: 2000, maxRetries: 3, logger: silentLogger };
const usualSessionName = 'valetkey';

/** A source of keys, and whether each fetch starts a new session. */
export interface SdkCredentials {
  readonly fetch: () => Promise<Credentials>;
  readonly isSession: boolean;
}

/** Fetches anew at each call; undefined when the source is none of the SDK's. */
export function sdkCredentials(
  source: StoreCredentials,
  transport: AwsTransport,
): SdkCredentials | undefined {
  const { sharedConfig, assumeRole, webIdentity } = source;
  if (source.default !== undefined) return asTheyAre(defaultChain(transport));
  if (sharedConfig !== undefined) return asTheyAre(sharedProfile(sharedConfig.profile, transport));
  if (source.instance !== undefined) {
    return asTheyAre(
      fetchWith(
        // Made anew each time: one that lives on would hand out ended keys with a later end of its own making.
        () => fromInstanceMetadata(metadata)(),
        'the instance metadata service',
        'Is this an EC2 instance with a role?',
      ),
    );
  }
  if (source.container !== undefined) {
    return asTheyAre(
      fetchWith(
        () => fromHttp({ logger: silentLogger })(),
        'the container credentials endpoint',
        'Is this a task or a pod with a role?',
      ),
    );
  }
  if (assumeRole !== undefined) return { fetch: configuredRole(assumeRole, transport), isSession: true };
  if (webIdentity !== undefined) return { fetch: tokenRole(webIdentity, transport), isSession: true };
  return undefined;
}

function asTheyAre(fetch: () => Promise<Credentials>): SdkCredentials {
  return { fetch, isSession: false };
}

/** As the AWS tools do it. Made anew each time, because the SDK's own keeps what it once read. */
function defaultChain(transport: AwsTransport): () => Promise<Credentials> {
  const options = { logger: silentLogger, ignoreCache: true, clientConfig: awsClientOptions(transport) };
  return fetchWith(() => fromNodeProviderChain(options)(), 'the AWS default chain');
}

function sharedProfile(profile: string | undefined, transport: AwsTransport): () => Promise<Credentials> {
  const options = { ignoreCache: true, clientConfig: awsClientOptions(transport), logger: silentLogger };
  return fetchWith(
    () => fromIni(profile === undefined ? options : { ...options, profile })(),
    `the shared profile ${profile ?? 'default'}`,
  );
}

function configuredRole(
  {
    roleArn,
    externalId,
    sessionName = usualSessionName,
    sessionDuration,
    ...place
  }: NonNullable<StoreCredentials['assumeRole']>,
  transport: AwsTransport,
): () => Promise<Credentials> {
  const durationSeconds = toSeconds(sessionDuration);
  const session = { roleArn, externalId, sessionName, durationSeconds, ...place };
  const source = defaultChain(transport);
  return () => assumeRoleSession({ ...session, source }, transport);
}

function tokenRole(
  {
    roleArn,
    tokenFile,
    sessionName = usualSessionName,
    sessionDuration,
    ...place
  }: NonNullable<StoreCredentials['webIdentity']>,
  transport: AwsTransport,
): () => Promise<Credentials> {
  const options = {
    roleArn,
    roleSessionName: sessionName,
    durationSeconds: toSeconds(sessionDuration),
    ...(tokenFile === undefined ? {} : { webIdentityTokenFile: tokenFile }),
    clientConfig: { ...awsClientOptions(transport), ...stsPlace(place) },
  };
  return fetchWith(
    () => fromTokenFile(options)(),
    `the role ${roleArn}`,
    'Is the token file there, and does the role trust its issuer?',
  );
}

function toSeconds(sessionDuration: string | undefined): number {
  if (sessionDuration === undefined) return usualSessionSeconds;
  return parseDurationSeconds(sessionDuration, 'credentials.sessionDuration');
}
