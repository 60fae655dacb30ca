import { z } from 'zod';
import { presignedRequestSchema, serverTime } from './presigned-request.ts';
import { digest, id, itemProblem, maxItems, partNumber } from './upload-fields.ts';

/** URLs in one answer. */
const maxPartUrls = 1000;

/** A request for one part. */
export const partRequestSchema = z.strictObject({
  partNumber,
  /** Exact size of the part, signed. */
  bytes: z.int().min(1),
  ...presignedRequestSchema.shape,
});

/** One part's request. @public */
export type PartRequest = z.infer<typeof partRequestSchema>;

/** Body of `POST /v1/uploads/parts`. */
export const partsRequestSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        id,
        partNumbers: z.array(z.int()).min(1).max(100),
        /** Base64 digests in the order of `partNumbers`, by the algorithm that the upload began with. */
        checksums: z.array(digest).max(100).optional(),
      }),
    )
    .min(1)
    .max(maxItems)
    .refine((items) => items.reduce((sum, { partNumbers }) => sum + partNumbers.length, 0) <= maxPartUrls, {
      error: `at most ${maxPartUrls} part numbers in all`,
    }),
});

/** @public */
export type PartsRequest = z.infer<typeof partsRequestSchema>;

/** Answer of `POST /v1/uploads/parts`. */
export const partsResponseSchema = z.strictObject({
  serverTime,
  items: z.array(z.union([z.strictObject({ parts: z.array(partRequestSchema) }), itemProblem])),
});

/** @public */
export type PartsResponse = z.infer<typeof partsResponseSchema>;
