/**
 * Which store a command signs for: from configuration, or from the flags and environment of the AWS CLI.
 */
import { defineStore, quote, ValetkeyError, type Store } from '@valetkey/core';
import {
  credentialProvider,
  findRegion,
  grantSigner,
  type ConfiguredStore,
  type CredentialProvider,
  type GrantSigner,
} from '@valetkey/core/s3';
import type { Command } from 'commander';
import { findConfiguration } from './configuration-file.ts';
import type { Io } from './io.ts';

const flagStore = 'command line';
const flagOfField: ReadonlyMap<string, string> = new Map([
  [`stores.${flagStore}.endpoint`, '--endpoint-url'],
  [`stores.${flagStore}.publicEndpoint`, '--endpoint-url'],
  [`stores.${flagStore}.region`, '--region'],
]);

/** Flags that every signing command takes. */
export interface StoreOptions {
  readonly config?: string;
  readonly store?: string;
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** Which stores a command can use. */
export interface StoreNeed {
  /** The bucket that a CloudFront distribution has to stand in front of; absent where any store will do. */
  readonly cloudfrontBucket?: string;
}

/** Adds the flags that choose the store. */
export function withStoreFlags(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'a valetkey.yaml with stores; with --store alone it is looked for upward from the current folder',
    )
    .option('--store <name>', 'which store of the configuration; needed when it has several')
    .option('--endpoint-url <url>', 'base URL of an S3-compatible store')
    .option('--region <region>', 'region to sign for')
    .option('--profile <name>', 'profile of the shared AWS configuration to take credentials from');
}

/** A store, the way to its credentials, and what signs a grant for it, be it S3 or CloudFront. */
export interface ChosenStore {
  readonly store: Store;
  readonly credentials: CredentialProvider;
  readonly sign: GrantSigner;
}

/**
 * The store the flags mean.
 * @throws ValetkeyError `store-not-found`, `invalid-configuration`
 */
export async function chooseStore(options: StoreOptions, io: Io, need: StoreNeed = {}): Promise<ChosenStore> {
  const { profile } = options;
  const configured = await findConfigured(options, io, need);
  const source =
    profile === undefined ? (configured?.credentials ?? { default: {} }) : { sharedConfig: { profile } };
  const store = configured === undefined ? await fromFlags(options, io) : override(configured.store, options);
  return {
    store,
    credentials: credentialProvider(source, io.environment, io.clock),
    sign: grantSigner({ store, credentials: source }, io.environment, io.clock),
  };
}

async function fromFlags(options: StoreOptions, io: Io): Promise<Store> {
  const endpoint = options.endpointUrl ?? endpointFromEnvironment(io);
  const region = options.region ?? (await findRegion(io.environment, options.profile));
  return namingFlags(() =>
    defineStore({
      name: flagStore,
      profile: endpoint === undefined ? 'aws' : 's3',
      endpoint,
      region: region ?? (endpoint === undefined ? missingRegion() : 'us-east-1'),
    }),
  );
}

/** What is wrong with a store that only flags describe is wrong with a flag. */
function namingFlags(define: () => Store): Store {
  try {
    return define();
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    const flag = flagOfField.get(error.field ?? '');
    throw flag === undefined ? error : error.withField(flag);
  }
}

async function findConfigured(
  options: StoreOptions,
  io: Io,
  { cloudfrontBucket }: StoreNeed,
): Promise<ConfiguredStore | undefined> {
  const { store: name } = options;
  if (options.config === undefined && name === undefined && cloudfrontBucket === undefined) return undefined;
  const { file, configuration } = await findConfiguration(options.config, io);
  const { stores } = configuration;
  if (cloudfrontBucket !== undefined)
    return findDistribution(stores, { name, bucket: cloudfrontBucket, file });
  const [only, ...others] = stores.values();
  const found = name === undefined && others.length === 0 ? only : stores.get(name ?? '');
  if (found !== undefined) return found;
  throw new ValetkeyError('store-not-found', {
    field: '--store',
    expected: `one of ${[...stores.keys()].join(', ')}`,
    got: name === undefined ? `none, and ${quote(file)} has several` : quote(name),
  });
}

/** The one distribution in front of the bucket, or the named one if it is. */
function findDistribution(
  stores: ReadonlyMap<string, ConfiguredStore>,
  {
    name,
    bucket,
    file,
  }: { readonly name: string | undefined; readonly bucket: string; readonly file: string },
): ConfiguredStore {
  const [only, ...others] = [...stores.values()].filter(
    ({ store }) =>
      store.profile.signing === 'cloudfront' &&
      store.bucket === bucket &&
      (name === undefined || store.name === name),
  );
  if (only !== undefined && others.length === 0) return only;
  throw new ValetkeyError('store-not-found', {
    field: '--cloudfront',
    expected: `a store of the profile cloudfront in ${quote(file)} with the bucket ${quote(bucket)}`,
    got: only === undefined ? 'none' : 'several',
    hint: only === undefined ? 'Add one, or name another --config.' : 'Say which with --store.',
  });
}

function override(store: Store, { endpointUrl, region }: StoreOptions): Store {
  if (endpointUrl === undefined && region === undefined) return store;
  const { specialBuckets } = store;
  const changed = defineStore({
    name: store.name,
    profile: store.profile.name,
    region: region ?? store.region,
    endpoint: endpointUrl ?? store.endpoint,
    publicEndpoint: endpointUrl ?? store.publicEndpoint,
    addressing: store.addressing === 'by-bucket' ? undefined : store.addressing,
    maxLifetimeSeconds: store.maxLifetimeSeconds,
    bucket: store.bucket,
  });
  return specialBuckets === undefined ? changed : { ...changed, specialBuckets };
}

/** As the AWS CLI does; said aloud, because it changes where a URL points. */
function endpointFromEnvironment(io: Io): string | undefined {
  if (io.environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined;
  for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
    const endpoint = io.environment[name];
    if (endpoint === undefined || endpoint === '') continue;
    io.stderr(`valetkey: note: the endpoint is taken from ${name}\n`);
    return endpoint;
  }
  return undefined;
}

function missingRegion(): never {
  throw new ValetkeyError('invalid-configuration', {
    field: '--region',
    expected: 'a region such as eu-central-1',
    got: 'none',
    hint: 'Give --region, set AWS_REGION, or name a --profile that has one.',
  });
}
