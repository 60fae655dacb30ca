/**
 * The receipt of a verified upload: the browser hands it to the app's backend, which needs no call to believe
 * it. JWS, RFC 7515: EdDSA by a key that only the service holds, or HS256 under a key derived from its secret.
 */
import { z } from 'zod';

export const receiptSchema = z.strictObject({
  policy: z.string(),
  subject: z.strictObject({ kind: z.enum(['anonymous', 'user', 'serviceAccount']), id: z.string() }),
  key: z.string(),
  bytes: z.int(),
  type: z.string(),
  etag: z.string(),
  versionId: z.string().optional(),
});

/**
 * What a receipt vouches for: the store held this object, made by this subject's upload under this policy.
 * @public
 */
export type Receipt = z.infer<typeof receiptSchema>;

/** What a receipt is as it is signed. */
export function toText(receipt: Receipt): string {
  return JSON.stringify(receipt);
}
