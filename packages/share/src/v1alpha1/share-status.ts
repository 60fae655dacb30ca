import { z } from 'zod';
import { conditionsField } from './condition.ts';
import { instantField } from './instant-field.ts';

const count = () => z.int().min(0).meta({ format: 'int64' });

/**
 * What the issuer reports. Instants have whole seconds; nothing in it is a URL.
 * @internal
 */
export const shareStatusSchema = z.object({
  observedGeneration: count().optional(),
  conditions: conditionsField().optional(),
  secretRef: z
    .object({
      name: z.string().max(253),
      uid: z.string().max(64),
      resourceVersion: z.string().max(64),
    })
    .optional(),
  policyRef: z.object({ name: z.string().max(253) }).optional(),
  objectCount: count().optional(),
  revision: count().optional(),
  issuedTime: instantField().optional(),
  expirationTime: instantField().optional(),
  renewalTime: instantField().optional(),
  clampedBy: z.enum(['store', 'credentials', 'end-time']).optional(),
  signerExpirationTime: instantField().optional(),
  lastAttemptTime: instantField().optional(),
  failedAttempts: count().optional(),
  inputsDigest: z.string().max(128).optional(),
  handledRenewRequest: z.string().max(256).optional(),
});

/** @public */
export type ShareStatus = z.output<typeof shareStatusSchema>;

/**
 * Every field that a status may have, known or not to whoever reads it.
 * @public
 */
export const shareStatusFields: readonly string[] = Object.keys(shareStatusSchema.shape);
