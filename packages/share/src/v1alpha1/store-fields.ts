/** What both kinds of store have in common. */
import { z } from 'zod';
import { durationField } from './duration-field.ts';
import { dnsSubdomain, secretDataKey } from './names.ts';
import { withRules } from './rule.ts';

const baseUrlPattern = /^https?:\/\/[A-Za-z0-9.\-[\]:]+(\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$/;

const baseUrlField = () =>
  withRules(z.string().min(8).max(512), [
    {
      cel: String.raw`self.matches(r'^https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$')`,
      message:
        'must be a base URL such as https://s3.internal:9000, without user, query, fragment or trailing slash',
      holds: (url) => baseUrlPattern.test(url),
    },
  ]);

/** Where a store is and how its URLs look. */
export const storeFields = {
  profile: z
    .enum(['aws', 's3', 'r2', 'minio', 'seaweedfs', 'ceph', 'b2', 'gcs'])
    .describe('What the store can do'),
  region: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  endpoint: baseUrlField().describe('Base URL of the store; the issuer never calls it').optional(),
  publicEndpoint: baseUrlField().describe('Base URL in the presigned URLs, where it differs').optional(),
  addressing: z
    .enum(['virtual', 'path'])
    .describe('Where the bucket stands; by profile and bucket name otherwise')
    .optional(),
  useDualstackEndpoint: z.boolean().describe('IPv6 too; profile aws, without endpoint').optional(),
  useFipsEndpoint: z.boolean().describe('Profile aws, without endpoint').optional(),
  useAccelerateEndpoint: z
    .boolean()
    .describe('Transfer Acceleration; profile aws, without endpoints')
    .optional(),
  maxLifetime: durationField('1m', '168h').describe('Bounds every URL of the store').optional(),
};

/** Static keys in a Secret. */
export const secretRefSchema = z.strictObject({
  name: dnsSubdomain(),
  accessKeyIdKey: secretDataKey().default('accessKeyId'),
  secretAccessKeyKey: secretDataKey().default('secretAccessKey'),
  sessionTokenKey: secretDataKey().optional(),
});

/** @public */
export type SecretReference = z.output<typeof secretRefSchema>;
