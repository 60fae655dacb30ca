/** Static keys from a Secret that a Role lets the issuer read by its name. */
import { Credentials, ValetkeyError } from '@valetkey/core';
import type { SecretReference } from '@valetkey/share';
import { KubeError } from '../../kube/kube-error.ts';
import type { ShareApi } from './share-api.ts';

/** Readers at the same moment share one call; later ones see a rotation. */
const keptMs = 500;
/** Keys of every S3 store are printable ASCII; anything else is a mistake in the Secret. */
const printable = /^[\x21-\x7e]+$/;

type Entries = Readonly<Record<string, string>>;

/**
 * Reads the keys that a store names. A Secret is read anew once half a second has passed.
 * @throws (the function) ValetkeyError `credentials-unavailable`, which names the entry and never quotes one
 */
export function createSecretCredentials(options: {
  readonly api: Pick<ShareApi, 'readCredentials'>;
  readonly elapsedMs: () => number;
}): (namespace: string, reference: SecretReference) => Promise<Credentials> {
  const { api, elapsedMs } = options;
  const reads = new Map<string, { readonly atMs: number; readonly entries: Promise<Entries> }>();
  const entriesOf = (namespace: string, name: string): Promise<Entries> => {
    for (const [key, { atMs }] of reads) if (elapsedMs() - atMs > keptMs) reads.delete(key);
    const key = `${namespace}/${name}`;
    const known = reads.get(key);
    if (known !== undefined) return known.entries;
    const entries = read(api, namespace, name);
    reads.set(key, { atMs: elapsedMs(), entries });
    return entries;
  };
  return async (namespace, reference) => {
    const entries = await entriesOf(namespace, reference.name);
    const entry = (key: string): string => entryOf(entries, key, `Secret ${namespace}/${reference.name}`);
    return new Credentials({
      accessKeyId: entry(reference.accessKeyIdKey),
      secretAccessKey: entry(reference.secretAccessKeyKey),
      sessionToken: reference.sessionTokenKey === undefined ? undefined : entry(reference.sessionTokenKey),
    });
  };
}

function entryOf(entries: Entries, key: string, field: string): string {
  const refuse = (expected: string, got: string): ValetkeyError =>
    new ValetkeyError('credentials-unavailable', { field, expected, got });
  const value = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (value === undefined) throw refuse(`an entry ${key}`, 'none');
  // `echo` and editors end a file with a line break, which no key has.
  const text = value.trim();
  if (text === '') throw refuse(`an entry ${key}`, 'an empty one');
  if (!printable.test(text)) throw refuse(`an entry ${key} of printable ASCII`, 'other bytes');
  return text;
}

async function read(
  api: Pick<ShareApi, 'readCredentials'>,
  namespace: string,
  name: string,
): Promise<Entries> {
  try {
    return await api.readCredentials(namespace, name);
  } catch (error) {
    if (!(error instanceof KubeError) || (error.status !== 403 && error.status !== 404)) throw error;
    throw new ValetkeyError('credentials-unavailable', {
      field: `Secret ${namespace}/${name}`,
      expected: 'a Secret that a Role lets the issuer read by name',
      got: error.status === 403 ? 'a refusal' : 'none',
      cause: error,
    });
  }
}
