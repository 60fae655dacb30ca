import { z } from 'zod';
import { apiVersion } from './api.ts';
import { durationField } from './duration-field.ts';
import { namespaceSelectionSchema } from './namespace-selection.ts';
import { objectMetaSchema } from './object-meta.ts';
import { withRules } from './rule.ts';
import { storeStatusSchema } from './share-store.ts';
import { secretRefSchema, storeFields } from './store-fields.ts';

const roleArn = () =>
  z
    .string()
    .min(20)
    .max(2048)
    .regex(/^arn:[a-z0-9-]+:iam::[0-9]{12}:role\/[A-Za-z0-9+=,.@_/-]+$/);

const kinds = ['default', 'secretRef', 'webIdentity', 'assumeRole'] as const;

const credentialsSchema = withRules(
  z.strictObject({
    default: z.strictObject({}).describe("The issuer's own identity").optional(),
    secretRef: secretRefSchema.describe("Keys in a Secret of the issuer's namespace").optional(),
    webIdentity: z
      .strictObject({ roleArn: roleArn(), sessionDuration: durationField('15m', '12h').default('1h') })
      .optional(),
    assumeRole: z
      .strictObject({
        roleArn: roleArn(),
        externalId: z
          .string()
          .min(2)
          .max(1224)
          .regex(/^[A-Za-z0-9_+=,.@:/-]+$/)
          .optional(),
        sessionDuration: durationField('15m', '12h').default('1h'),
        scope: z
          .enum(['Store', 'Share'])
          .default('Store')
          .describe('Share: a session for each that opens its objects only'),
      })
      .optional(),
  }),
  [
    {
      cel: `[${kinds.map((kind) => `has(self.${kind})`).join(', ')}].filter(given, given).size() == 1`,
      message: `must have exactly one of ${kinds.join(', ')}`,
      holds: (credentials) => kinds.filter((kind) => credentials[kind] !== undefined).length === 1,
    },
  ],
);

/**
 * The platform's store, with any kind of credentials, for the namespaces it allows: none unless said.
 * @public
 */
export const clusterShareStoreSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ClusterShareStore'),
  metadata: objectMetaSchema,
  spec: z.strictObject({
    ...storeFields,
    credentials: credentialsSchema,
    allowedNamespaces: namespaceSelectionSchema.prefault({}).describe('Who may use it; nobody unless said'),
  }),
  status: storeStatusSchema.optional(),
});

/** @public */
export type ClusterShareStore = z.output<typeof clusterShareStoreSchema>;
