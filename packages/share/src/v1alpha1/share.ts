import { z } from 'zod';
import { apiVersion } from './api.ts';
import { bucketField } from './bucket-field.ts';
import { durationField } from './duration-field.ts';
import { instantField } from './instant-field.ts';
import { objectMetaSchema } from './object-meta.ts';
import { withRules } from './rule.ts';
import { shareObjectSchema } from './share-object.ts';
import { shareStatusSchema } from './share-status.ts';
import { shareTargetSchema } from './share-target.ts';
import { storeReferenceSchema } from './store-reference.ts';

const specSchema = withRules(
  z.strictObject({
    storeRef: storeReferenceSchema.describe('The store to sign for'),
    bucket: bucketField().describe('The bucket of every object'),
    objects: z
      .array(shareObjectSchema)
      .min(1)
      .max(128)
      .check(
        z.refine(
          (objects: readonly { readonly name: string }[]) =>
            new Set(objects.map(({ name }) => name)).size === objects.length,
          { error: 'must have a different name for each object' },
        ),
      )
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe('The objects to keep URLs for, and what may be done with each'),
    lifetime: durationField('5m', '168h')
      .describe("How long each URL lives; the policy's default otherwise")
      .optional(),
    renewal: z
      .strictObject({
        before: durationField('1s', '168h')
          .describe('How long before the end URLs are renewed; a third of the lifetime otherwise')
          .optional(),
      })
      .optional(),
    endTime: instantField().describe('No URL lives past this; then they are withdrawn').optional(),
    ttlAfterEnd: durationField('0s', '8760h')
      .describe('Delete the Share this long after endTime, where the issuer is told to')
      .optional(),
    target: shareTargetSchema.prefault({}),
    suspend: z.boolean().default(false).describe('Renew nothing; what is published lives out its time'),
  }),
  [
    {
      cel: '!has(self.ttlAfterEnd) || has(self.endTime)',
      message: 'ttlAfterEnd needs an endTime',
      holds: ({ ttlAfterEnd, endTime }) => ttlAfterEnd === undefined || endTime !== undefined,
    },
    {
      cel: "self.target.layout == 'Files' || self.objects.all(object, !object.name.matches('^[0-9]'))",
      message:
        'layouts Env and Both make environment variables of object names, which must not start with a digit',
      holds: ({ target, objects }) =>
        target.layout === 'Files' || objects.every(({ name }) => !/^[0-9]/.test(name)),
    },
  ],
);

/**
 * A declared set of presigned URLs that the issuer keeps valid in one Secret.
 * @public
 */
export const shareSchema = withRules(
  z.object({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('Share'),
    metadata: objectMetaSchema,
    spec: specSchema,
    status: shareStatusSchema.optional(),
  }),
  [
    {
      cel: '(has(self.spec.target.secretName) ? self.spec.target.secretName : self.metadata.name) == (has(oldSelf.spec.target.secretName) ? oldSelf.spec.target.secretName : oldSelf.metadata.name)',
      message: 'spec.target.secretName cannot change; create another Share instead',
    },
  ],
);

/** @public */
export type Share = z.output<typeof shareSchema>;

/** @public */
export type ShareSpec = Share['spec'];

/**
 * Name of the Secret a Share keeps: `target.secretName`, or the Share's own name.
 * @public
 */
export function secretNameOf(share: Share): string {
  return share.spec.target.secretName ?? share.metadata.name;
}
