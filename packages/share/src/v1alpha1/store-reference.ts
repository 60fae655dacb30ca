import { z } from 'zod';
import { dnsSubdomain } from './names.ts';

/**
 * Names a store in the Share's own namespace or a cluster-scoped one; there is no `namespace` field.
 * @internal
 */
export const storeReferenceSchema = z.strictObject({
  kind: z.enum(['ShareStore', 'ClusterShareStore']),
  name: dnsSubdomain(),
});

/** @public */
export type StoreReference = z.output<typeof storeReferenceSchema>;
