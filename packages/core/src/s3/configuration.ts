import { isMap, isScalar, isSeq, type Document, type LineCounter } from 'yaml';
import { z } from 'zod';
import { ValetkeyError } from '../errors.ts';
import { parseDurationSeconds, parseSizeBytes } from '../grammar/quantity.ts';
import { quote } from '../grammar/quote.ts';
import { compilePolicy, type Policy, type RateLimit } from '../policy/policy.ts';
import { defineStore } from '../store/define-store.ts';
import type { Store } from '../store/store.ts';
import { configurationSchema, type StoreCredentials } from './configuration-schema.ts';
import { parseYaml } from './parse-yaml.ts';
import { pathBeside } from './path-beside.ts';
import { readText } from './read-text.ts';
import { maxSessionSeconds, minSessionSeconds } from './role-session.ts';
import { toExpectation } from '../schema-expectation.ts';
import { spellingHint } from '../schema-spelling.ts';

/**
 * A store and how its credentials are had.
 * @public
 */
export interface ConfiguredStore {
  readonly store: Store;
  readonly credentials: StoreCredentials;
}

/**
 * The first two parts of `valetkey.yaml`, checked and compiled.
 * @public
 */
export interface Configuration<Server = unknown> {
  readonly stores: ReadonlyMap<string, ConfiguredStore>;
  /** In the order of the file. An empty list denies everything. */
  readonly policies: readonly Policy[];
  /** The third part, as its reader's schema has it; unread without one. */
  readonly server: Server;
}

/**
 * Reads and checks a configuration file. Relative paths in its stores lead from the folder of the file.
 * @throws ValetkeyError `invalid-configuration`, `unknown-field`, `invalid-policy`; the field begins with file
 * and line: `valetkey.yaml:12 stores.media.region`
 * @public
 */
export async function loadConfiguration<Server = unknown>(
  file: string,
  serverSchema?: z.ZodType<Server>,
): Promise<Configuration<Server>> {
  const text = await readText(file, { code: 'invalid-configuration' });
  return parseConfiguration(text, file, serverSchema);
}

/**
 * Checks the text of a configuration. `file` is its name, for errors and for relative paths in it.
 * @throws ValetkeyError as {@link loadConfiguration}
 * @public
 */
export function parseConfiguration<Server = unknown>(
  text: string,
  file: string,
  serverSchema?: z.ZodType<Server>,
): Configuration<Server> {
  const { document, lines } = parseYaml(text, file);
  const where = (path: readonly PropertyKey[]) =>
    `${file}:${lineOf(document, lines, path)} ${pathOf(path)}`.trimEnd();
  const schema = configurationSchema.extend({ server: serverSchema ?? z.unknown().optional() });
  const result = schema.safeParse(document.toJS(), { reportInput: true, error: toExpectation });
  if (!result.success) throw toError(result.error, where, schema);
  const { data } = result;
  const stores = new Map(
    Object.entries(data.stores).map(([name, description]) => [
      name,
      locate(['stores', name], where, () => toStore(name, description, file)),
    ]),
  );
  const policies = (data.policies ?? []).map((policy, index) =>
    locate(['policies', index], where, () => toPolicy(policy, stores, where(['policies', index, 'store']))),
  );
  // Without a schema nobody looks at it, and `Server` is unknown.
  return { stores, policies, server: data.server as Server };
}

type Described = z.output<typeof configurationSchema>;
type Where = (path: readonly PropertyKey[]) => string;

function toStore(name: string, description: Described['stores'][string], file: string): ConfiguredStore {
  const { credentials, maxLifetime, ...rest } = description;
  const maxLifetimeSeconds =
    maxLifetime === undefined ? undefined : parseDurationSeconds(maxLifetime, `stores.${name}.maxLifetime`);
  const store = defineStore({ name, ...rest, maxLifetimeSeconds });
  checkKeyKind(store, credentials);
  checkSessionDuration(store, credentials.assumeRole ?? credentials.webIdentity);
  return { store, credentials: withPathsBeside(file, credentials) };
}

function withPathsBeside(file: string, credentials: StoreCredentials): StoreCredentials {
  const { secretFile, webIdentity, cloudfrontKey } = credentials;
  if (secretFile !== undefined) return { secretFile: { path: pathBeside(file, secretFile.path) } };
  if (webIdentity?.tokenFile !== undefined) {
    return { webIdentity: { ...webIdentity, tokenFile: pathBeside(file, webIdentity.tokenFile) } };
  }
  if (cloudfrontKey === undefined) return credentials;
  return {
    cloudfrontKey: { ...cloudfrontKey, privateKeyFile: pathBeside(file, cloudfrontKey.privateKeyFile) },
  };
}

/** What STS would refuse later, or the role's maximum bounds. */
function checkSessionDuration({ name }: Store, role: { sessionDuration?: string | undefined } = {}): void {
  if (role.sessionDuration === undefined) return;
  const field = `stores.${name}.credentials.sessionDuration`;
  const seconds = parseDurationSeconds(role.sessionDuration, field);
  if (seconds >= minSessionSeconds && seconds <= maxSessionSeconds) return;
  throw new ValetkeyError('invalid-configuration', {
    field,
    expected: '15m to 12h',
    got: quote(role.sessionDuration),
  });
}

/** CloudFront signs with keys of its own, and with no others. */
function checkKeyKind({ name, profile }: Store, credentials: StoreCredentials): void {
  if ((profile.signing === 'cloudfront') === (credentials.cloudfrontKey !== undefined)) return;
  throw new ValetkeyError('invalid-configuration', {
    field: `stores.${name}.credentials`,
    expected: `${profile.signing === 'cloudfront' ? '' : 'anything but '}cloudfrontKey with the profile ${profile.name}`,
    got: Object.keys(credentials).join(', '),
  });
}

function toPolicy(
  policy: NonNullable<Described['policies']>[number],
  stores: ReadonlyMap<string, ConfiguredStore>,
  field: string,
): Policy {
  const { name, subjects, store, bucket, rateLimit, notBefore, notAfter, ...rule } = policy;
  const known = stores.get(store);
  if (known === undefined) {
    throw new ValetkeyError('store-not-found', {
      field,
      expected: `one of ${[...stores.keys()].join(', ')}`,
      got: quote(store),
    });
  }
  const compiled = compilePolicy(
    {
      name,
      subjects,
      stores: [store],
      buckets: [bucket],
      rule,
      slashes: known.store.profile.slashes,
      notBefore,
      notAfter,
      rateLimit: toRateLimit(rateLimit),
    },
    'policy',
  );
  checkOverwrite(compiled, known.store);
  checkServed(compiled, known.store, bucket);
  return compiled;
}

/** What a distribution or an access point could never do is a mistake, and better found now. */
function checkServed(
  policy: Policy,
  { profile, bucket: served, specialBuckets }: Store,
  bucket: string,
): void {
  const isDistribution = profile.signing === 'cloudfront';
  if (!isDistribution && specialBuckets?.has(bucket) !== true) return;
  const other = policy.actions.find((action) => action !== 'download');
  if (other !== undefined) {
    throw new ValetkeyError('invalid-policy', {
      field: 'actions',
      expected: `download only, from ${isDistribution ? 'a distribution' : 'a special bucket'}`,
      got: other,
    });
  }
  if (!isDistribution || bucket === served) return;
  throw new ValetkeyError('invalid-policy', {
    field: 'bucket',
    expected: `${served ?? 'the bucket'}, which the distribution serves`,
    got: quote(bucket),
  });
}

/** `30/1m`, `1Gi/24h` */
function toRateLimit(texts: { requests?: string | undefined; bytes?: string | undefined } = {}): RateLimit {
  return {
    requests: toRate(texts.requests, 'rateLimit.requests'),
    bytes: toRate(texts.bytes, 'rateLimit.bytes'),
  };
}

function toRate(text: string | undefined, field: string) {
  if (text === undefined) return undefined;
  const [count = '', window = ''] = text.split('/');
  return { count: parseSizeBytes(count, field), windowSeconds: parseDurationSeconds(window, field) };
}

/** Without conditional writes only a fresh name keeps an upload from replacing another. */
function checkOverwrite(policy: Policy, store: Store): void {
  if (policy.upload.overwrite || store.profile.conditionalWrites) return;
  if (policy.keys.every(({ text }) => text.includes('{uuid}'))) return;
  throw new ValetkeyError('invalid-policy', {
    field: 'upload.overwrite',
    expected: `true, or {uuid} in every key, because the profile ${store.profile.name} has no conditional writes`,
    got: 'false',
  });
}

function toError(error: z.ZodError, where: Where, schema: z.ZodType): ValetkeyError {
  const issue = error.issues[0];
  if (issue === undefined) return new ValetkeyError('invalid-configuration', { cause: error });
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return new ValetkeyError('unknown-field', {
      field: where([...issue.path, name]),
      hint: spellingHint(schema, issue.path, name),
    });
  }
  return new ValetkeyError('invalid-configuration', {
    field: where(issue.path),
    expected: issue.message,
    // Somebody may have written a key where its variable's name belongs.
    got: issue.path.includes('credentials') ? 'something else, not shown here' : quote(issue.input),
  });
}

/** Gives an error from below the place in the file. */
function locate<T>(path: readonly PropertyKey[], where: Where, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    const { field = '' } = error;
    throw error.withField(field.includes(':') ? field : `${where(path)} (${field})`);
  }
}

/** Line of the key where it can be found, otherwise of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const node = pair === undefined ? document.getIn(path.slice(0, length), true) : pair.key;
    const start = (isScalar(node) || isMap(node) || isSeq(node)) && node.range ? node.range[0] : undefined;
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}
