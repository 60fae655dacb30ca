/** Everything the process needs to know, read and checked before it listens. */
import type { JsonWebKey } from 'node:crypto';

import { ValetkeyError, type Policy, type Subject } from '@valetkey/core';
import {
  credentialProvider,
  grantSigner,
  loadConfiguration,
  readText,
  type ConfiguredStore,
} from '@valetkey/core/s3';
import type { ServiceStore } from '@valetkey/http-handler';

import type { AuthSettings } from './auth-schema.ts';
import { checkSubjectSpaces } from './auth/subject-spaces.ts';
import { readReceiptKeys } from './receipt-keys.ts';
import { readSecrets } from './secrets.ts';
import { withPathsBeside } from './server-paths.ts';
import { serverSchema, type ServerSettings } from './server-schema.ts';

/** What the configuration file comes to. */
export interface Settings {
  readonly server: ServerSettings;
  readonly stores: ReadonlyMap<string, ServiceStore>;
  readonly policies: readonly Policy[];
  readonly secrets: readonly Uint8Array[];
  /** What receipts are signed with, newest first; none: the secret. */
  readonly receiptKeys: readonly JsonWebKey[];
  /** Where replicas count together. */
  readonly redis: RedisPlace | undefined;
}

/** A server of Redis' protocol, and what it takes to be let in. */
export interface RedisPlace {
  readonly url: string;
  readonly password: string | undefined;
  /** PEM */
  readonly ca: string | undefined;
}

/**
 * Reads the configuration and what it refers to.
 * @throws ValetkeyError `invalid-configuration`, `unknown-field`, `invalid-policy`, `store-not-found`, with file
 * and line where there is one
 */
export async function loadSettings(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Settings> {
  const { stores, policies, server: described } = await loadConfiguration(file, serverSchema);
  const server = withPathsBeside(file, described);
  checkPolicies(file, policies, server);
  checkSubjectSpaces(server.auth, `${file} server.auth`);
  return {
    server,
    policies,
    stores: new Map([...stores].map(([name, store]) => [name, toServiceStore(store, environment)])),
    secrets: await readSecrets(server.secrets.file),
    receiptKeys: server.receipts === undefined ? [] : await readReceiptKeys(server.receipts.keyFile),
    redis: await readRedis(server.rateLimits?.redis),
  };
}

async function readRedis(
  redis: NonNullable<ServerSettings['rateLimits']>['redis'] | undefined,
): Promise<RedisPlace | undefined> {
  if (redis === undefined) return undefined;
  const read = async (name: 'passwordFile' | 'caFile') => {
    const file = redis[name];
    const field = `server.rateLimits.redis.${name} ${file}`;
    return file === undefined ? undefined : readText(file, { code: 'invalid-configuration', field });
  };
  const [password, ca] = await Promise.all([read('passwordFile'), read('caFile')]);
  return { url: redis.url, password: password?.trim(), ca };
}

function toServiceStore(
  configured: ConfiguredStore,
  environment: Readonly<Record<string, string | undefined>>,
): ServiceStore {
  const { store } = configured;
  const credentials = credentialProvider(configured.credentials, environment);
  const isPlain = store.profile.signing === undefined && store.specialBuckets === undefined;
  if (isPlain) return { store, credentials };
  return { store, credentials, sign: grantSigner(configured, environment) };
}

/** What subjects each way to know who asks makes. */
const subjectKinds = {
  jwt: 'user',
  static: 'user',
  kubernetes: 'serviceAccount',
  anonymous: 'anonymous',
} as const satisfies Record<AuthSettings['kind'], Subject['kind']>;

/** A service that could never say yes is a mistake, and better found now than by its users. */
function checkPolicies(file: string, policies: readonly Policy[], { auth, console }: ServerSettings): void {
  const kinds = new Set(auth.map(({ kind }) => subjectKinds[kind]));
  const serves = policies.some(({ subjects }) => subjects.some(({ kind }) => kinds.has(kind)));
  if (!serves) {
    throw new ValetkeyError('invalid-policy', {
      field: `${file} policies`,
      expected: `at least one policy for ${[...kinds].join(' or ')} subjects, whom server.auth lets in`,
      got: policies.length === 0 ? 'none' : 'none that is for them',
    });
  }
  const unknown = console?.policies.find((name) => policies.every((policy) => policy.name !== name));
  if (unknown === undefined) return;
  throw new ValetkeyError('invalid-configuration', {
    field: `${file} server.console.policies`,
    expected: `names of ${policies.map(({ name }) => name).join(', ')}`,
    got: JSON.stringify(unknown),
  });
}
