import { z } from 'zod';
import { labelKey, labelValue } from './label-fields.ts';
import { withRules } from './rule.ts';

const requirement = withRules(
  z.strictObject({
    key: labelKey(),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(labelValue()).max(64).meta({ 'x-kubernetes-list-type': 'atomic' }).optional(),
  }),
  [
    {
      cel: "self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 : !has(self.values) || self.values.size() == 0",
      message: 'In and NotIn need values, Exists and DoesNotExist take none',
      holds: ({ operator, values }) =>
        (operator === 'In' || operator === 'NotIn') === (values ?? []).length > 0,
    },
  ],
);

/**
 * Kubernetes' own label selector: every part must hold; an empty selector matches everything.
 * @internal
 */
export const labelSelectorSchema = z.strictObject({
  matchLabels: z.record(labelKey(), labelValue()).meta({ maxProperties: 32 }).optional(),
  matchExpressions: z.array(requirement).max(32).meta({ 'x-kubernetes-list-type': 'atomic' }).optional(),
});

/** @public */
export type LabelSelector = z.output<typeof labelSelectorSchema>;
