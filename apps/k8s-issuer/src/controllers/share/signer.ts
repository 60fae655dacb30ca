import { Credentials, ValetkeyError, type SigningCredentials } from '@valetkey/core';
import { credentialProvider, type CredentialProvider } from '@valetkey/core/s3';
import type { AnyShareStore } from '@valetkey/share';
import { KubeError } from '../../kube/kube-error.ts';
import type { ShareApi } from './share-api.ts';

/** Fetches the credentials that a store's URLs are signed with. */
export type Signer = (store: AnyShareStore) => Promise<SigningCredentials>;

/** What a {@link Signer} needs. */
export interface SignerOptions {
  readonly api: ShareApi;
  /** The issuer's own namespace, where a ClusterShareStore's Secret lies. */
  readonly ownNamespace: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * @throws (the signer) ValetkeyError `credentials-unavailable`
 */
export function createSigner({ api, ownNamespace, environment }: SignerOptions): Signer {
  const ownIdentity: CredentialProvider = credentialProvider({ default: {} }, environment);
  return async (store) => {
    const { credentials } = store.spec;
    if (credentials.secretRef !== undefined) {
      const namespace = store.kind === 'ShareStore' ? (store.metadata.namespace ?? '') : ownNamespace;
      return fromSecret(api, namespace, credentials.secretRef);
    }
    if ('default' in credentials && credentials.default !== undefined) return ownIdentity();
    throw new ValetkeyError('credentials-unavailable', {
      field: `${store.kind} ${store.metadata.name} spec.credentials`,
      expected: 'default or secretRef',
      got: Object.keys(credentials).join(', '),
      hint: 'This version does not assume roles; the default chain takes a web identity from the environment.',
    });
  };
}

async function fromSecret(
  api: ShareApi,
  namespace: string,
  ref: NonNullable<AnyShareStore['spec']['credentials']['secretRef']>,
): Promise<SigningCredentials> {
  const data = await read(api, namespace, ref.name);
  const field = (key: string): string => {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    if (value !== undefined && value !== '') return value;
    throw new ValetkeyError('credentials-unavailable', {
      field: `Secret ${namespace}/${ref.name}`,
      expected: `an entry ${key}`,
      got: 'none',
    });
  };
  return new Credentials({
    accessKeyId: field(ref.accessKeyIdKey),
    secretAccessKey: field(ref.secretAccessKeyKey),
    sessionToken: ref.sessionTokenKey === undefined ? undefined : field(ref.sessionTokenKey),
  });
}

async function read(
  api: ShareApi,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
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
