import { z } from 'zod';
import { apiVersion } from './api.ts';
import { conditionsField } from './condition.ts';
import { objectMetaSchema } from './object-meta.ts';
import { secretRefSchema, storeFields } from './store-fields.ts';

/** @internal */
export const storeStatusSchema = z.object({
  observedGeneration: z.int().min(0).meta({ format: 'int64' }).optional(),
  conditions: conditionsField().optional(),
});

/**
 * A store whose static credentials lie in a Secret of the same namespace. It never signs with the issuer's
 * own identity: `secretRef` is the only kind of credentials it knows.
 * @public
 */
export const shareStoreSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ShareStore'),
  metadata: objectMetaSchema,
  spec: z.strictObject({
    ...storeFields,
    credentials: z.strictObject({ secretRef: secretRefSchema }),
  }),
  status: storeStatusSchema.optional(),
});

/** @public */
export type ShareStore = z.output<typeof shareStoreSchema>;
