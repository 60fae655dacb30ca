import { z } from 'zod';
import { apiVersion } from './api.ts';
import { bucketField } from './bucket-field.ts';
import { conditionsField } from './condition.ts';
import { durationField } from './duration-field.ts';
import { namespaceSelectionSchema } from './namespace-selection.ts';
import { objectMetaSchema } from './object-meta.ts';
import { storeReferenceSchema } from './store-reference.ts';

const keyPattern = () => z.string().min(1).max(1024);

const sizePattern = /^\d{1,15}(Ki|Mi|Gi|Ti)?$/;
const sizeField = () => z.string().min(1).max(18).regex(sizePattern);

const lifetimeSchema = z.strictObject({
  default: durationField('5m', '168h').default('1h').describe('Where a Share does not say'),
  max: durationField('5m', '168h').describe('Asking for more is denied'),
});

const uploadSchema = z.strictObject({
  maxSize: sizeField().optional(),
  minSize: sizeField().optional(),
  contentTypes: z
    .array(z.string().min(3).max(255))
    .max(64)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional(),
  checksum: z.enum(['none', 'optional', 'required']).default('optional'),
  overwrite: z.boolean().default(true),
  metadata: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9-]{1,64}$/)
        .max(64),
    )
    .max(32)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional(),
});

const downloadSchema = z.strictObject({
  disposition: z.enum(['inline', 'attachment']).optional(),
  requireVersionId: z.boolean().default(false),
});

/**
 * Who may share what: core's rule with Kubernetes selectors around it. Policies only allow.
 * @public
 */
export const sharePolicySchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('SharePolicy'),
  metadata: objectMetaSchema,
  spec: z.strictObject({
    namespaces: namespaceSelectionSchema.describe('Whose Shares it is about'),
    stores: z
      .array(storeReferenceSchema)
      .min(1)
      .max(64)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .describe('Of which stores'),
    buckets: z.array(bucketField()).min(1).max(64).meta({ 'x-kubernetes-list-type': 'set' }),
    actions: z
      .array(z.enum(['download', 'upload', 'delete']))
      .min(1)
      .max(3)
      .meta({ 'x-kubernetes-list-type': 'set' }),
    keys: z.array(keyPattern()).min(1).max(64).meta({ 'x-kubernetes-list-type': 'atomic' }),
    exceptKeys: z.array(keyPattern()).max(64).meta({ 'x-kubernetes-list-type': 'atomic' }).optional(),
    lifetime: lifetimeSchema.describe('How long URLs live'),
    upload: uploadSchema.describe('What may be uploaded').optional(),
    download: downloadSchema.describe('How objects are downloaded').optional(),
    maxObjects: z.int().min(1).max(128).default(128).describe('Objects in one Share'),
  }),
  status: z
    .object({
      observedGeneration: z.int().min(0).meta({ format: 'int64' }).optional(),
      conditions: conditionsField().optional(),
      matchedShares: z.int().min(0).meta({ format: 'int64' }).describe('Shares that it allows').optional(),
      deniedShares: z
        .int()
        .min(0)
        .meta({ format: 'int64' })
        .describe('Shares it concerns and nothing allows')
        .optional(),
    })
    .optional(),
});

/** @public */
export type SharePolicy = z.output<typeof sharePolicySchema>;
