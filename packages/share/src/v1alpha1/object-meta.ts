import { z } from 'zod';

/**
 * The part of an object's metadata that is read here. The API server has checked the rest.
 * @internal
 */
export const objectMetaSchema = z.object({
  name: z.string().min(1).max(253),
  namespace: z.string().max(63).optional(),
  uid: z.string().optional(),
  generation: z.int().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  // Nothing rests on these two, but a status that is replaced comes with them.
  ownerReferences: z.array(z.record(z.string(), z.unknown())).optional(),
  finalizers: z.array(z.string()).optional(),
});

/** @public */
export type ObjectMeta = z.output<typeof objectMetaSchema>;
