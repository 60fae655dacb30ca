import { z } from 'zod';
import { presignedRequestSchema, serverTime } from './presigned-request.ts';
import { id, itemProblem, maxItems } from './upload-fields.ts';

/** Body of `/v1/uploads/sign`, `/status` and `/abort`. */
export const uploadIdsRequestSchema = z.strictObject({
  items: z.array(z.strictObject({ id })).min(1).max(maxItems),
});

/** @public */
export type UploadIdsRequest = z.infer<typeof uploadIdsRequestSchema>;

/** Answer of `POST /v1/uploads/sign`. */
export const signResponseSchema = z.strictObject({
  serverTime,
  items: z.array(z.union([z.strictObject({ request: presignedRequestSchema }), itemProblem])),
});

/** @public */
export type SignResponse = z.infer<typeof signResponseSchema>;

/** Answer of `POST /v1/uploads/abort`. */
export const abortResponseSchema = z.strictObject({
  serverTime,
  items: z.array(z.union([z.strictObject({ aborted: z.literal(true) }), itemProblem])),
});

/** @public */
export type AbortResponse = z.infer<typeof abortResponseSchema>;
