import { ValetkeyError, type Clock, type Grant, type SigningCredentials } from '@valetkey/core';
import { credentialProvider, type CredentialProvider } from '@valetkey/core/s3';
import type { AnyShareStore, Share } from '@valetkey/share';
import { createKeyFingerprints } from './key-fingerprint.ts';
import { createRoleSigner, type StsOptions } from './role-signer.ts';
import { createSecretCredentials } from './secret-credentials.ts';
import type { ShareApi } from './share-api.ts';

/** Of a Share's URLs; enough to see whether a session can be had. */
const shortestLifetimeSeconds = 300;

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

/** Finds the credentials that URLs are signed with. */
export interface Signer {
  readonly sign: (need: SignerNeed) => Promise<StoreSigner>;
  /** Fetches what a store's URLs are signed with, as far as that needs no Share. @returns the identity */
  readonly identify: (store: AnyShareStore) => Promise<string>;
}

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
  const fingerprints = createKeyFingerprints();
  const keysOf = async (store: AnyShareStore): Promise<StoreSigner | undefined> => {
    const { credentials } = store.spec;
    if (credentials.secretRef !== undefined) {
      const namespace = store.kind === 'ShareStore' ? (store.metadata.namespace ?? '') : ownNamespace;
      const keys = await fromSecret(namespace, credentials.secretRef);
      const identity = await fingerprints(`${namespace}/${credentials.secretRef.name}`, keys);
      return { identity, credentials: async () => keys };
    }
    return 'default' in credentials && credentials.default !== undefined
      ? asKeys(await ownIdentity())
      : undefined;
  };
  const roleOf = (need: Omit<SignerNeed, 'share'> & { readonly share?: Share }): StoreSigner => {
    const { credentials } = need.store.spec;
    if ('assumeRole' in credentials && credentials.assumeRole !== undefined) {
      return roles.assumeRole(credentials.assumeRole, need);
    }
    if ('webIdentity' in credentials && credentials.webIdentity !== undefined) {
      return roles.webIdentity(credentials.webIdentity, need);
    }
    throw new ValetkeyError('credentials-unavailable', {
      field: `${need.store.kind} ${need.store.metadata.name} spec.credentials`,
      expected: 'one kind of credentials',
      got: 'none',
    });
  };
  return {
    async sign(need) {
      const keys = await keysOf(need.store);
      return keys ?? roleOf(need);
    },
    async identify(store) {
      const keys = await keysOf(store);
      if (keys !== undefined) return keys.identity;
      const { credentials } = store.spec;
      const isPerShare = 'assumeRole' in credentials && credentials.assumeRole?.scope === 'Share';
      // Its sessions are limited to a Share's objects; what can be known without one is who would assume the role.
      if (isPerShare) return asKeys(await ownIdentity()).identity;
      const signer = roleOf({ store, grants: [], lifetimeSeconds: shortestLifetimeSeconds });
      await signer.credentials();
      return signer.identity;
    },
  };
}

/** Keys that end are replaced by their source all the time; others are who they are. */
function asKeys(keys: SigningCredentials): StoreSigner {
  return {
    identity: keys.expiresAtMs === undefined ? keys.accessKeyId : 'session',
    credentials: async () => keys,
  };
}
