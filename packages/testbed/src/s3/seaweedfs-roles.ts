import { randomBytes } from 'node:crypto';

/** The role that `seaweedfsRoles` lets everybody with keys assume. @internal */
export const seaweedfsRoleArn = 'arn:aws:iam::000000000000:role/signer';

/**
 * The file of `-s3.iam.config`: SeaweedFS's own STS, with one role that may do everything until a session policy
 * says less.
 *
 * @internal
 */
export const seaweedfsRoles = (): Readonly<Record<string, unknown>> => ({
  sts: {
    tokenDuration: '1h',
    maxSessionLength: '12h',
    issuer: 'testbed',
    signingKey: randomBytes(32).toString('base64'),
  },
  policy: { defaultEffect: 'Deny', storeType: 'memory' },
  policies: [{ name: 'everything', document: document({ Action: ['s3:*'], Resource: ['*'] }) }],
  roles: [
    {
      roleName: 'signer',
      roleArn: seaweedfsRoleArn,
      attachedPolicies: ['everything'],
      trustPolicy: document({ Principal: { AWS: '*' }, Action: ['sts:AssumeRole'] }),
    },
  ],
});

const document = (statement: Readonly<Record<string, unknown>>) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...statement }],
});
