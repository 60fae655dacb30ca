import { z } from 'zod';
import { policyName } from './limits.ts';
import { expiresAt, presignedRequestSchema, serverTime } from './presigned-request.ts';
import { problemSchema } from './problem.ts';

const maxItems = 100;
const ref = z.string().min(1).max(128);

/** The encrypted token of one upload. It travels in bodies only, never in a path. */
const id = z.string().min(1).max(8192);

const checksumSchema = z.strictObject({
  algorithm: z.enum(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']),
  /** Base64. */
  value: z.string().max(64),
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
  checksum: checksumSchema.optional(),
  metadata: z.record(z.string().max(64), z.string().max(2048)).optional(),
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

/** Answer of `POST /v1/uploads`, file by file in the order asked. */
export const uploadsResponseSchema = z.strictObject({
  serverTime,
  uploads: z.array(
    z.union([
      z.strictObject({
        ref,
        id,
        key: z.string(),
        /** End of the upload session; a URL ends earlier and is signed anew. */
        expiresAt,
        mode: z.literal('put'),
        request: presignedRequestSchema,
      }),
      z.strictObject({ ref, problem: problemSchema }),
    ]),
  ),
});

/** @public */
export type UploadsResponse = z.infer<typeof uploadsResponseSchema>;

const ids = z.array(z.strictObject({ id })).min(1).max(maxItems);
const itemProblem = z.strictObject({ problem: problemSchema });

/** Body of `/v1/uploads/sign`, `/status`, `/complete` and `/abort`. */
export const uploadIdsRequestSchema = z.strictObject({ items: ids });

/** @public */
export type UploadIdsRequest = z.infer<typeof uploadIdsRequestSchema>;

/** Answer of `POST /v1/uploads/sign`. */
export const signResponseSchema = z.strictObject({
  serverTime,
  items: z.array(z.union([z.strictObject({ request: presignedRequestSchema }), itemProblem])),
});

/** @public */
export type SignResponse = z.infer<typeof signResponseSchema>;

/** Answer of `POST /v1/uploads/status`. */
export const statusResponseSchema = z.strictObject({
  serverTime,
  items: z.array(
    z.union([
      z.strictObject({
        status: z.enum(['open', 'completed', 'superseded', 'aborted', 'expired']),
        /** Declared size of the file. */
        bytes: z.int().min(0),
      }),
      itemProblem,
    ]),
  ),
});

/** @public */
export type StatusResponse = z.infer<typeof statusResponseSchema>;

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
        /** JWS over policy, subject, key, bytes, type, etag and versionId, for the app's backend. */
        receipt: z.string(),
      }),
      itemProblem,
    ]),
  ),
});

/** @public */
export type CompleteResponse = z.infer<typeof completeResponseSchema>;

/** Answer of `POST /v1/uploads/abort`. */
export const abortResponseSchema = z.strictObject({
  serverTime,
  items: z.array(z.union([z.strictObject({ aborted: z.literal(true) }), itemProblem])),
});

/** @public */
export type AbortResponse = z.infer<typeof abortResponseSchema>;
