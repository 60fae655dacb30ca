import { z } from 'zod';
import { serverTime } from './presigned-request.ts';
import { algorithm } from './checksum-algorithm.ts';
import { checksumSchema, digest, id, itemProblem, maxItems, partNumber } from './upload-fields.ts';

/** Body of `POST /v1/uploads/complete`. */
export const completeRequestSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        id,
        /** What the store answered to each part, as far as the client knows it; the store is asked anyway. */
        parts: z
          .array(z.strictObject({ partNumber, etag: z.string().max(256), checksum: digest.optional() }))
          .max(10_000)
          .optional(),
        /** Digest of the whole file, for an algorithm that covers whole objects. */
        checksum: checksumSchema.optional(),
      }),
    )
    .min(1)
    .max(maxItems),
});

/** @public */
export type CompleteRequest = z.infer<typeof completeRequestSchema>;

/** Answer of `POST /v1/uploads/complete`: what HEAD shows in the store. */
export const completeResponseSchema = z.strictObject({
  serverTime,
  items: z.array(
    z.union([
      z.strictObject({
        key: z.string(),
        bytes: z.int().min(0),
        etag: z.string(),
        versionId: z.string().optional(),
        /** What the store says it checked; with `type: 'COMPOSITE'` a checksum of the parts' checksums. */
        checksum: z
          .strictObject({
            algorithm,
            value: z.string(),
            type: z.enum(['COMPOSITE', 'FULL_OBJECT']).optional(),
          })
          .optional(),
        /** JWS over policy, subject, key, bytes, type, etag and versionId, for the app's backend. */
        receipt: z.string(),
      }),
      itemProblem,
    ]),
  ),
});

/** @public */
export type CompleteResponse = z.infer<typeof completeResponseSchema>;
