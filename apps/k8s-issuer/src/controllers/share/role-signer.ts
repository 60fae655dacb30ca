/** Keys of roles: of a web identity, or assumed with the issuer's own identity, for a store or for one Share. */
import {
  compileSessionPolicy,
  parseDurationSeconds,
  ValetkeyError,
  type AwsPartition,
  type Clock,
} from '@valetkey/core';
import {
  createRoleSessions,
  credentialProvider,
  type CredentialProvider,
  type RoleSessions,
} from '@valetkey/core/s3';
import { sessionName, type ClusterShareStore } from '@valetkey/share';
import type { SignerNeed, StoreSigner } from './signer.ts';

type Credentials = ClusterShareStore['spec']['credentials'];
type AssumeRole = NonNullable<Credentials['assumeRole']>;
type WebIdentity = NonNullable<Credentials['webIdentity']>;

/** What is to be signed; a session for a store knows of no Share. */
type RoleNeed = Omit<SignerNeed, 'share'> & { readonly share?: SignerNeed['share'] };

/** Which STS is asked: the operator's choice, never a tenant's. */
export interface StsOptions {
  /** @default the region's own */
  readonly stsEndpoint?: string | undefined;
  /** @default us-east-1 */
  readonly region?: string | undefined;
}

/** What role sessions are had with. */
export interface RoleSignerOptions {
  readonly sts: StsOptions;
  readonly ownIdentity: CredentialProvider;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Signers of stores that name a role. */
export interface RoleSigner {
  readonly assumeRole: (role: AssumeRole, need: RoleNeed) => StoreSigner;
  readonly webIdentity: (role: WebIdentity, need: RoleNeed) => StoreSigner;
}

/**
 * Creates the signer of roles. A session's keys change with each renewal, so the signer's identity is the role.
 * @throws (assumeRole) ValetkeyError `session-policy-too-large`, `invalid-configuration`
 */
export function createRoleSigner({ sts, ownIdentity, environment, clock }: RoleSignerOptions): RoleSigner {
  const sessions: RoleSessions = createRoleSessions({ source: ownIdentity, clock, ...sts });
  const tokens = new Map<string, CredentialProvider>();
  return {
    assumeRole(role, need) {
      const { roleArn, externalId, scope } = role;
      const durationSeconds = parseDurationSeconds(role.sessionDuration, 'sessionDuration');
      const { store, share, grants, lifetimeSeconds } = need;
      const session =
        scope === 'Share'
          ? {
              sessionName: nameOf(share),
              policy: compileSessionPolicy(grants, { partition: partitionOf(roleArn) }),
            }
          : { sessionName: sessionName(`store.${store.metadata.name}`, store.metadata.uid ?? '') };
      return {
        identity: JSON.stringify(['assumeRole', roleArn, externalId ?? null, scope]),
        credentials: () => sessions({ roleArn, externalId, durationSeconds, ...session }, lifetimeSeconds),
      };
    },
    webIdentity({ roleArn, sessionDuration }, { store, lifetimeSeconds }) {
      const name = sessionName(`store.${store.metadata.name}`, store.metadata.uid ?? '');
      const source = { roleArn, sessionDuration, sessionName: name, ...sts };
      const key = JSON.stringify(source);
      const provider = tokens.get(key) ?? credentialProvider({ webIdentity: source }, environment, clock);
      tokens.set(key, provider);
      return {
        identity: JSON.stringify(['webIdentity', roleArn]),
        credentials: () => provider(lifetimeSeconds),
      };
    },
  };
}

function nameOf(share: RoleNeed['share']): string {
  const { namespace = '', name = '', uid = '' } = share?.metadata ?? {};
  return sessionName(`${namespace}.${name}`, uid);
}

/** Resources of a session policy name the same partition as the role. */
function partitionOf(roleArn: string): AwsPartition {
  const partition = roleArn.split(':')[1];
  switch (partition) {
    case 'aws':
    case 'aws-cn':
    case 'aws-us-gov':
      return partition;
    default:
      throw new ValetkeyError('invalid-configuration', {
        field: 'spec.credentials.assumeRole.roleArn',
        expected: 'a role of the partition aws, aws-cn or aws-us-gov, for a session per Share',
        got: partition ?? 'none',
      });
  }
}
