import { z } from 'zod';
import { instantField } from './instant-field.ts';

/**
 * Kubernetes' standard condition.
 * @internal
 */
const conditionSchema = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().min(1).max(1024),
  message: z.string().max(32_768),
  lastTransitionTime: instantField(),
  observedGeneration: z.int().min(0).optional(),
});

/** @public */
export type Condition = z.output<typeof conditionSchema>;

/** @internal */
export const conditionsField = () =>
  z
    .array(conditionSchema)
    .max(16)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });
