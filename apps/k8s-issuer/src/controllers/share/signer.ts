import { ValetkeyError, type Clock, type Grant, type SigningCredentials } from '@valetkey/core';
import { credentialProvider, type CredentialProvider } from '@valetkey/core/s3';
import type { AnyShareStore, Share } from '@valetkey/share';
import { createRoleSigner, type StsOptions } from './role-signer.ts';
import { createSecretCredentials } from './secret-credentials.ts';
import type { ShareApi } from './share-api.ts';

/** What is to be signed. */
export interface SignerNeed {
  readonly store: AnyShareStore;
  readonly share: Share;
  readonly grants: readonly Grant[];
  /** How long the URLs shall live, in seconds. */
  readonly lifetimeSeconds: number;
}

/** Who signs, and with what. */
export interface StoreSigner {
  /** Changes when URLs should be signed anew; never a secret. */
  readonly identity: string;
  /** Asked only when something has to be signed. */
  readonly credentials: () => Promise<SigningCredentials>;
}

/** Finds the credentials that a Share's URLs are signed with. */
export type Signer = (need: SignerNeed) => Promise<StoreSigner>;

/** What a {@link Signer} needs. */
export interface SignerOptions {
  readonly api: Pick<ShareApi, 'readCredentials'>;
  /** The issuer's own namespace, where a ClusterShareStore's Secret lies. */
  readonly ownNamespace: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sts: StsOptions;
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs: () => number;
}

/**
 * Creates the signer for every kind of credentials. A tenant's ShareStore is only ever signed for with the keys in
 * its own namespace.
 * @throws (the signer) ValetkeyError `credentials-unavailable`, `credentials-expired`, `session-policy-too-large`
 */
export function createSigner(options: SignerOptions): Signer {
  const { ownNamespace, environment, sts, clock } = options;
  const ownIdentity: CredentialProvider = credentialProvider({ default: {} }, environment, clock);
  const fromSecret = createSecretCredentials(options);
  const roles = createRoleSigner({ sts, ownIdentity, environment, clock });
  return async (need) => {
    const { store } = need;
    if (store.kind === 'ShareStore') {
      return asKeys(await fromSecret(store.metadata.namespace ?? '', store.spec.credentials.secretRef));
    }
    const { secretRef, assumeRole, webIdentity } = store.spec.credentials;
    if (secretRef !== undefined) return asKeys(await fromSecret(ownNamespace, secretRef));
    if (assumeRole !== undefined) return roles.assumeRole(assumeRole, need);
    if (webIdentity !== undefined) return roles.webIdentity(webIdentity, need);
    if (store.spec.credentials.default !== undefined) return asKeys(await ownIdentity());
    throw new ValetkeyError('credentials-unavailable', {
      field: `${store.kind} ${store.metadata.name} spec.credentials`,
      expected: 'one kind of credentials',
      got: 'none',
    });
  };
}

/** Keys that end are replaced by their source all the time; others are who they are. */
function asKeys(keys: SigningCredentials): StoreSigner {
  return {
    identity: keys.expiresAtMs === undefined ? keys.accessKeyId : 'session',
    credentials: async () => keys,
  };
}
