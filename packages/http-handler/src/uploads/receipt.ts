/**
 * The receipt of a verified upload: the browser hands it to the app's backend, which needs no call to believe
 * it. JWS, RFC 7515: EdDSA by a key that only the service holds, or HS256 under a key derived from its secret.
 */
import { quote, ValetkeyError } from '@valetkey/core';
import {
  compactVerify,
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type CompactJWSHeaderParameters,
  type CryptoKey,
} from 'jose';
import { z } from 'zod';

import { deriveServiceKeys, type ServiceKey } from '../service-keys.ts';
import { receiptType, type ReceiptKeySet } from './receipt-keys.ts';

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

/** What a receipt is as it is signed. */
export function toText(receipt: Receipt): string {
  return JSON.stringify(receipt);
}

/**
 * What receipts are verified with: the service's public keys, or its secrets where it has no receipt key of its own.
 * Whoever has the secrets can make receipts too.
 * @public
 */
export type ReceiptVerification =
  | { readonly keys: ReceiptKeySet | ReceiptKeyFinder }
  | { readonly secrets: readonly Uint8Array[] };

/**
 * Public keys at an address, fetched when they are needed and kept: make it once, not for each receipt.
 * @public
 */
export type ReceiptKeyFinder = (header: CompactJWSHeaderParameters) => Promise<CryptoKey>;

/**
 * The keys that a service publishes at `/v1/receipts/keys`. Verifying rejects with `identity-unavailable` while they
 * cannot be had.
 * @example
 * ```ts
 * const keys = receiptKeysAt('https://sign.example.com/v1/receipts/keys');
 * ```
 * @public
 */
export function receiptKeysAt(url: string): ReceiptKeyFinder {
  const find = createRemoteJWKSet(new URL(url));
  return async (header) => {
    try {
      return await find(header);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey) throw cause;
      throw new ValetkeyError('identity-unavailable', {
        field: quote(url),
        expected: 'the keys that receipts are verified with',
        got: cause instanceof Error ? cause.name : 'an error',
        cause,
      });
    }
  };
}

/**
 * What a receipt says, if the service with these keys or secrets signed it.
 * @throws ValetkeyError `forbidden` for anything else; `identity-unavailable` as {@link receiptKeysAt}
 * @example
 * ```ts
 * const { key, bytes } = await verifyReceipt(body.receipt, { keys });
 * ```
 * @public
 */
export async function verifyReceipt(receipt: string, verification: ReceiptVerification): Promise<Receipt> {
  const { find, algorithms } = await toFinder(verification);
  try {
    const { payload, protectedHeader } = await compactVerify(receipt, find, { algorithms });
    if (protectedHeader.typ !== receiptType) throw new errors.JWSInvalid('not a receipt');
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

interface Finder {
  readonly find: (header: CompactJWSHeaderParameters) => Promise<CryptoKey | Uint8Array>;
  /** Of one kind only: a public key is no shared secret. */
  readonly algorithms: string[];
}

async function toFinder(verification: ReceiptVerification): Promise<Finder> {
  if ('secrets' in verification) {
    const known = await deriveServiceKeys(verification.secrets);
    return { find: async ({ kid }) => keyNamed(kid, known), algorithms: ['HS256'] };
  }
  const { keys } = verification;
  const find =
    typeof keys === 'function' ? keys : createLocalJWKSet({ keys: keys.keys.map((key) => ({ ...key })) });
  return { find, algorithms: ['EdDSA'] };
}

function keyNamed(kid: string | undefined, keys: readonly ServiceKey[]): Uint8Array {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new errors.JWSSignatureVerificationFailed();
  return key.receipts;
}
