import { z } from 'zod';

/** Answer of `GET /v1/receipts/keys`: RFC 7517, RFC 8037. */
export const receiptKeysSchema = z.strictObject({
  /** None where receipts are signed with a secret. */
  keys: z.array(
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});
