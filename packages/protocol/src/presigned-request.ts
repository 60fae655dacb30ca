import { z } from 'zod';

/** RFC 3339 in UTC with whole seconds. */
export const expiresAt = z.string();

/** The server's clock, RFC 3339 in UTC with milliseconds: a client reckons every expiry by it. */
export const serverTime = z.string();

/**
 * A request that a browser or any other client sends to the store as it stands.
 * @public
 */
export const presignedRequestSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'PUT']),
  /** A secret until `expiresAt`. */
  url: z.string(),
  /** To be sent exactly. Holds only what a script may set; a browser sends the length by itself. */
  headers: z.record(z.string(), z.string()),
  expiresAt,
});

/** @public */
export type PresignedRequest = z.infer<typeof presignedRequestSchema>;
