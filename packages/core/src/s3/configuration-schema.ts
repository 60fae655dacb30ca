/**
 * `stores` and `policies` of `valetkey.yaml`. The third part, `server`, is the signing service's own.
 */
import { z } from 'zod';
import { ruleFields } from '../policy/rule.ts';
import { storeProfiles } from '../store/profiles.ts';
import type { ProfileName } from '../store/profile.ts';

const profileNames = Object.keys(storeProfiles) as [ProfileName, ...ProfileName[]];
const text = (max: number) => z.string().min(1).max(max);
const variable = () => text(128).regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of a variable, such as MEDIA_KEY_ID');
const roleArn = () => text(2048).regex(/^arn:[a-z0-9-]+:iam::[0-9]{12}:role\/.+$/);

/** How a role is taken on, by STS. */
const role = {
  roleArn: roleArn(),
  /** @default valetkey */
  sessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/)
    .optional(),
  /** Region of STS. @default us-east-1 */
  region: text(64).optional(),
  /** For an STS that is not AWS's own. */
  stsEndpoint: text(512).optional(),
  /** 15m to 12h; the role's own maximum bounds it. @default 1h */
  sessionDuration: text(16).optional(),
};

const credentialKinds = {
  default: z.strictObject({}),
  environment: z.strictObject({
    accessKeyId: variable().optional(),
    secretAccessKey: variable().optional(),
    sessionToken: variable().optional(),
  }),
  sharedConfig: z.strictObject({ profile: text(128).optional() }),
  secretFile: z.strictObject({ path: text(4096) }),
  webIdentity: z.strictObject({ ...role, tokenFile: text(4096).optional() }),
  assumeRole: z.strictObject({ ...role, externalId: text(1224).optional() }),
  instance: z.strictObject({}),
  container: z.strictObject({}),
  cloudfrontKey: z.strictObject({ keyPairId: text(64), privateKeyFile: text(4096) }),
};

/** Exactly one kind; the key says which. */
const credentialsSchema = z
  .strictObject(credentialKinds)
  .partial()
  .refine((credentials) => Object.values(credentials).filter((kind) => kind !== undefined).length === 1, {
    error: `exactly one of ${Object.keys(credentialKinds).join(', ')}`,
  });

const storeSchema = z.strictObject({
  profile: z.enum(profileNames),
  region: text(64).optional(),
  endpoint: text(512).optional(),
  publicEndpoint: text(512).optional(),
  addressing: z.enum(['virtual', 'path']).optional(),
  useDualstackEndpoint: z.boolean().optional(),
  useFipsEndpoint: z.boolean().optional(),
  useAccelerateEndpoint: z.boolean().optional(),
  credentials: credentialsSchema.prefault({ default: {} }),
  maxLifetime: text(16).optional(),
  /** The bucket behind a CloudFront distribution. */
  bucket: text(63).optional(),
  /** ARNs of access points and names of directory buckets, by the name that policies use. */
  specialBuckets: z.record(text(63), text(2048)).optional(),
});

const subjectSchema = z.strictObject({
  kind: z.enum(['anonymous', 'user', 'serviceAccount']),
  id: text(256).optional(),
  claims: z.record(text(64), z.union([text(256), z.array(text(256)).min(1).max(64)])).optional(),
});

const rateLimitSchema = z
  .strictObject({
    requests: text(32)
      .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,4}[hms]$/, { error: 'requests in a time, such as 30/1m' })
      .optional(),
    bytes: text(32)
      .regex(/^[1-9]\d{0,11}(?:Ki|Mi|Gi|Ti)?\/[1-9]\d{0,4}[hms]$/, {
        error: 'bytes in a time, such as 1Gi/24h',
      })
      .optional(),
  })
  .refine(({ requests, bytes }) => requests !== undefined || bytes !== undefined, {
    error: 'at least one of requests and bytes',
  });

const policySchema = z
  .strictObject({
    name: text(128),
    subjects: z.array(subjectSchema).min(1).max(64),
    store: text(128),
    bucket: text(63),
    ...ruleFields,
    /** RFC 3339: the policy holds from then on. */
    notBefore: text(40).optional(),
    /** RFC 3339: the policy ends then, and with it every URL made under it. */
    notAfter: text(40).optional(),
    rateLimit: rateLimitSchema.optional(),
  })
  .refine(
    ({ subjects, rateLimit }) =>
      rateLimit?.requests !== undefined || subjects.every(({ kind }) => kind !== 'anonymous'),
    {
      error: 'a rateLimit of requests, because anonymous subjects are allowed',
      path: ['rateLimit'],
    },
  );

export const configurationSchema = z.strictObject({
  stores: z.record(text(128), storeSchema),
  policies: z.array(policySchema).max(10_000).optional(),
  server: z.unknown().optional(),
});

/** @public */
export type StoreCredentials = z.output<typeof credentialsSchema>;
