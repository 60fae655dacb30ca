import { z } from 'zod';
import { policyName } from './limits.ts';
import { presignedRequestSchema, serverTime } from './presigned-request.ts';
import { problemSchema } from './problem.ts';

const ref = z.string().min(1).max(128);

/** Body of `POST /v1/downloads`. */
export const downloadsRequestSchema = z.strictObject({
  policy: policyName,
  items: z
    .array(
      z.strictObject({
        /** Given back in the answer. */
        ref: ref.optional(),
        key: z.string().min(1).max(1024),
        /** Pins a version; without it the URL serves whatever is current. */
        versionId: z.string().min(1).max(1024).optional(),
        disposition: z.enum(['inline', 'attachment']).optional(),
        /** Name under which a browser saves the object. */
        filename: z.string().min(1).max(255).optional(),
      }),
    )
    .min(1)
    .max(1000),
  /** @default the policy's */
  expiresInSeconds: z.int().optional(),
});

/** @public */
export type DownloadsRequest = z.infer<typeof downloadsRequestSchema>;

/** Answer of `POST /v1/downloads`, item by item in the order asked. */
export const downloadsResponseSchema = z.strictObject({
  serverTime,
  items: z.array(
    z.union([
      presignedRequestSchema.extend({
        ref: ref.optional(),
        /** What decided `expiresAt`. */
        limitedBy: z.enum(['asked', 'policy', 'store', 'credentials', 'end-time']),
      }),
      z.strictObject({ ref: ref.optional(), problem: problemSchema }),
    ]),
  ),
});

/** @public */
export type DownloadsResponse = z.infer<typeof downloadsResponseSchema>;
