import { z } from 'zod';
import { labelSelectorSchema } from './label-selector.ts';
import { dnsLabel } from './names.ts';
import { withRules } from './rule.ts';

/**
 * Which namespaces: those named and those whose labels match. Neither given: none.
 * @internal
 */
export const namespaceSelectionSchema = withRules(
  z.strictObject({
    names: z.array(dnsLabel()).max(256).meta({ 'x-kubernetes-list-type': 'set' }).optional(),
    selector: labelSelectorSchema.optional(),
  }),
  [
    {
      cel: '!(has(self.names) && has(self.selector))',
      message: 'give names or a selector, not both',
      holds: ({ names, selector }) => names === undefined || selector === undefined,
    },
  ],
);

/** @public */
export type NamespaceSelection = z.output<typeof namespaceSelectionSchema>;
