import { z } from 'zod';
import { policyName } from './limits.ts';

/** Query of `GET /v1/objects`. */
export const listQuerySchema = z.strictObject({
  policy: policyName,
  /** @default the prefix that the policy binds the caller to */
  prefix: z.string().max(1024).optional(),
  /** From the answer before. */
  cursor: z.string().min(1).max(4096).optional(),
});

/** @public */
export type ListQuery = z.infer<typeof listQuerySchema>;

/** Answer of `GET /v1/objects`. */
export const listResponseSchema = z.strictObject({
  /** The prefix that was listed. */
  prefix: z.string(),
  items: z.array(
    z.strictObject({ key: z.string(), bytes: z.int().min(0), lastModified: z.string(), etag: z.string() }),
  ),
  /** Ends of "folders" below the prefix. */
  prefixes: z.array(z.string()),
  cursor: z.string().optional(),
});

/** @public */
export type ListResponse = z.infer<typeof listResponseSchema>;
