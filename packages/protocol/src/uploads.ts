import { z } from 'zod';
import { policyName } from './limits.ts';
import { expiresAt, presignedRequestSchema, serverTime } from './presigned-request.ts';
import { problemSchema } from './problem.ts';
import { algorithm } from './checksum-algorithm.ts';
import { digest, id, maxItems, ref } from './upload-fields.ts';
import { partRequestSchema } from './upload-parts.ts';

/** What S3 keeps of a header and serves the object with; the upload's id carries it. */
const objectHeader = z
  .string()
  .max(512)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, {
    error: 'printable ASCII without leading or trailing space',
  });

const newFileSchema = z.strictObject({
  ref,
  /** Chosen by the client once per file: the same nonce and file give the same key again. */
  nonce: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, { error: '8 to 64 characters of A-Z, a-z, 0-9, _ and -' }),
  /** The file's name as the client knows it; it never becomes a path. */
  name: z.string().max(1024),
  bytes: z.int().min(0),
  /** Empty: the server derives it from the name's extension. */
  type: z.string().max(255),
  /**
   * What the store is to check on arrival. The value is the whole file's digest; a file that goes up in parts
   * may leave it out and names each part's digest when it asks for its URL.
   */
  checksum: z.strictObject({ algorithm, value: digest.optional() }).optional(),
  metadata: z.record(z.string().max(64), z.string().max(2048)).optional(),
  /** What the object is served with, where the policy lets it be set: `attachment; filename="report.pdf"`. */
  contentDisposition: objectHeader.optional(),
  /** What the object is served with, where the policy lets it be set: `private, max-age=3600`. */
  cacheControl: objectHeader.optional(),
  /** Whether this continues an upload that was begun with the same nonce. */
  retry: z.boolean().optional(),
});

/** One file to be uploaded. @public */
export type NewFile = z.infer<typeof newFileSchema>;

/** Body of `POST /v1/uploads`. */
export const uploadsRequestSchema = z.strictObject({
  policy: policyName,
  files: z.array(newFileSchema).min(1).max(maxItems),
});

/** @public */
export type UploadsRequest = z.infer<typeof uploadsRequestSchema>;

const begunSchema = z.strictObject({
  ref,
  id,
  key: z.string(),
  /** End of the upload session; a URL ends earlier and is signed anew. */
  expiresAt,
});

/** Answer of `POST /v1/uploads`, file by file in the order asked. */
export const uploadsResponseSchema = z.strictObject({
  serverTime,
  uploads: z.array(
    z.union([
      z.strictObject({ ...begunSchema.shape, mode: z.literal('put'), request: presignedRequestSchema }),
      z.strictObject({
        ...begunSchema.shape,
        mode: z.literal('multipart'),
        /** Every part but the last has this many bytes. */
        partBytes: z.int().min(1),
        partCount: z.int().min(1).max(10_000),
        /** The first of them; empty when each part needs its checksum named. */
        parts: z.array(partRequestSchema),
      }),
      z.strictObject({ ref, problem: problemSchema }),
    ]),
  ),
});

/** @public */
export type UploadsResponse = z.infer<typeof uploadsResponseSchema>;
