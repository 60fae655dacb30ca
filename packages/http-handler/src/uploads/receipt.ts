/**
 * The receipt of a verified upload: the browser hands it to the app's backend, which needs no call to believe
 * it. JWS, RFC 7515, HS256 under a key derived from the service's secret.
 */
import { ValetkeyError } from '@valetkey/core';
import { CompactSign, compactVerify, errors } from 'jose';
import { z } from 'zod';

import { deriveServiceKeys, type ServiceKey } from '../service-keys.ts';

const receiptSchema = z.strictObject({
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

/** Signs with the newest key. */
export async function signReceipt(receipt: Receipt, key: ServiceKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(receipt)))
    .setProtectedHeader({ alg: 'HS256', typ: 'valetkey-receipt', kid: key.kid })
    .sign(key.receipts);
}

/**
 * What a receipt says, if the service with these secrets signed it.
 * @throws ValetkeyError `forbidden` for anything else
 * @example
 * ```ts
 * const { key, bytes } = await verifyReceipt(body.receipt, { secrets });
 * ```
 * @public
 */
export async function verifyReceipt(
  receipt: string,
  { secrets }: { readonly secrets: readonly Uint8Array[] },
): Promise<Receipt> {
  const keys = await deriveServiceKeys(secrets);
  try {
    const { payload } = await compactVerify(receipt, ({ kid }) => keyNamed(kid, keys), {
      algorithms: ['HS256'],
    });
    return receiptSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch (error) {
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    throw new ValetkeyError('forbidden', {
      field: 'receipt',
      expected: 'a receipt of this service',
      cause: error,
    });
  }
}

function keyNamed(kid: string | undefined, keys: readonly ServiceKey[]): Uint8Array {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new errors.JWSSignatureVerificationFailed();
  return key.receipts;
}
