import { z } from 'zod';
import { serverTime } from './presigned-request.ts';
import { checksumSchema, itemProblem, partNumber } from './upload-fields.ts';

const storedPartSchema = z.strictObject({
  partNumber,
  bytes: z.int().min(0),
  etag: z.string(),
  checksum: checksumSchema.optional(),
});

/** One part that the store holds. @public */
export type StoredPart = z.infer<typeof storedPartSchema>;

/** Answer of `POST /v1/uploads/status`. */
export const statusResponseSchema = z.strictObject({
  serverTime,
  items: z.array(
    z.union([
      z.strictObject({
        status: z.enum(['open', 'completed', 'superseded', 'aborted', 'expired']),
        /** Declared size of the file. */
        bytes: z.int().min(0),
        /** Of an upload in parts. */
        partBytes: z.int().min(1).optional(),
        /** Parts that the store holds, while an upload in parts is open. */
        parts: z.array(storedPartSchema).optional(),
      }),
      itemProblem,
    ]),
  ),
});

/** @public */
export type StatusResponse = z.infer<typeof statusResponseSchema>;
