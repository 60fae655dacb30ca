import { randomBytes } from 'node:crypto';

/** The role that `seaweedfsRoles` lets everybody with keys assume. @internal */
export const seaweedfsRoleArn = 'arn:aws:iam::000000000000:role/signer';
/** The role of whoever has a token of the trusted issuer. @internal */
export const seaweedfsWebIdentityRoleArn = 'arn:aws:iam::000000000000:role/workload';

const providerName = 'trusted';

/** Whose tokens the STS takes: an OpenID Connect provider, such as an API server. @internal */
export interface TrustedIssuer {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** The one `sub` that may assume the role. */
  readonly subject: string;
  /** What `aud` must hold. */
  readonly audience: string;
  /** Where its public keys are. */
  readonly jwksUri: string;
  /** PEM file that vouches for the host of `jwksUri`. */
  readonly caFile: string;
}

/**
 * The file of `-s3.iam.config`: SeaweedFS's own STS, with one role that may do everything until a session policy
 * says less, and the same for tokens of a trusted issuer.
 *
 * @internal
 */
export const seaweedfsRoles = (trusted?: TrustedIssuer): Readonly<Record<string, unknown>> => ({
  sts: {
    tokenDuration: '1h',
    maxSessionLength: '12h',
    issuer: 'testbed',
    signingKey: randomBytes(32).toString('base64'),
  },
  policy: { defaultEffect: 'Deny', storeType: 'memory' },
  policies: [{ name: 'everything', document: document({ Action: ['s3:*'], Resource: ['*'] }) }],
  roles: [
    role(seaweedfsRoleArn, { Principal: { AWS: '*' }, Action: ['sts:AssumeRole'] }),
    ...(trusted === undefined
      ? []
      : [
          role(seaweedfsWebIdentityRoleArn, {
            Principal: { Federated: providerName },
            Action: ['sts:AssumeRoleWithWebIdentity'],
            Condition: { StringEquals: { 'oidc:sub': trusted.subject } },
          }),
        ]),
  ],
  ...(trusted === undefined ? {} : { providers: [provider(trusted)] }),
});

const role = (roleArn: string, trust: Readonly<Record<string, unknown>>) => ({
  roleName: roleArn.replace(/^.*\//, ''),
  roleArn,
  attachedPolicies: ['everything'],
  trustPolicy: document(trust),
});

const provider = ({ issuer, audience, jwksUri, caFile }: TrustedIssuer) => ({
  name: providerName,
  type: 'oidc',
  enabled: true,
  config: { issuer, clientId: audience, jwksUri, tlsCaCert: caFile },
});

const document = (statement: Readonly<Record<string, unknown>>) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...statement }],
});
