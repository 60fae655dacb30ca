import { quote, ValetkeyError } from '@valetkey/core';
import {
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type CompactJWSHeaderParameters,
  type CryptoKey,
} from 'jose';

import { deriveServiceKeys, type ServiceKey } from '../service-keys.ts';
import { isUnknownKey, type ReceiptKeyFinder } from './receipt-keys-at.ts';
import { receiptType, type ReceiptKeySet } from './receipt-keys.ts';
import {
  notAReceipt,
  otherAlgorithm,
  otherContent,
  otherSignature,
  otherType,
  unknownKey,
  type ReceiptAlgorithm,
} from './receipt-refusal.ts';
import { receiptSchema, type Receipt } from './receipt.ts';

/**
 * What receipts are verified with: the service's public keys, or its secrets where it has no receipt key of its own.
 * Whoever has the secrets can make receipts too.
 * @public
 */
export type ReceiptVerification =
  | { readonly keys: ReceiptKeySet | ReceiptKeyFinder }
  | { readonly secrets: readonly Uint8Array[] };

/**
 * What a receipt says, if the service with these keys or secrets signed it.
 * @throws ValetkeyError `forbidden` for anything else, with what was expected, what came and what to do;
 * `identity-unavailable` as {@link receiptKeysAt}; `invalid-configuration` when the keys are no set of keys
 * @example
 * ```ts
 * const { key, bytes } = await verifyReceipt(body.receipt, { keys });
 * ```
 * @public
 */
export async function verifyReceipt(receipt: string, verification: ReceiptVerification): Promise<Receipt> {
  const finder = await toFinder(verification);
  const header = readHeader(receipt);
  if (header.alg !== finder.algorithm) throw otherAlgorithm(header.alg, finder.algorithm);
  const payload = await verifiedPayload(receipt, header.kid, finder);
  if (header.typ !== receiptType) throw otherType(header.typ);
  return readReceipt(payload);
}

interface Finder {
  readonly find: (header: CompactJWSHeaderParameters) => Promise<CryptoKey | Uint8Array>;
  /** One only: a public key is no shared secret. */
  readonly algorithm: ReceiptAlgorithm;
  /** Names of the keys, where they are at hand. */
  readonly known: readonly (string | undefined)[] | undefined;
}

async function toFinder(verification: ReceiptVerification): Promise<Finder> {
  if ('secrets' in verification) {
    const known = await deriveServiceKeys(verification.secrets);
    return {
      find: async ({ kid }) => keyNamed(kid, known),
      algorithm: 'HS256',
      known: known.map(({ kid }) => kid),
    };
  }
  const { keys } = verification;
  if (typeof keys === 'function') return { find: keys, algorithm: 'EdDSA', known: undefined };
  const find = localKeys(keys);
  return { find, algorithm: 'EdDSA', known: keys.keys.map(({ kid }) => kid) };
}

function localKeys(keys: ReceiptKeySet): Finder['find'] {
  try {
    return createLocalJWKSet({ keys: keys.keys.map((key) => ({ ...key })) });
  } catch (cause) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'keys',
      expected: 'what the service publishes at /v1/receipts/keys, such as {"keys": [{"kty": "OKP", …}]}',
      got: 'something else',
      cause,
    });
  }
}

function keyNamed(kid: string | undefined, keys: readonly ServiceKey[]): Uint8Array {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new errors.JWKSNoMatchingKey();
  return key.receipts;
}

/** What the receipt says of its signature. Nothing of it is believed yet. */
function readHeader(receipt: string): ReturnType<typeof decodeProtectedHeader> {
  const given: unknown = receipt;
  if (typeof given !== 'string') throw notAReceipt(quote(given));
  const parts = given === '' ? 0 : given.split('.').length;
  if (parts !== 3) throw notAReceipt(parts === 0 ? 'an empty text' : `${parts} parts`);
  try {
    return decodeProtectedHeader(given);
  } catch (cause) {
    throw notAReceipt('three parts of which the first cannot be read', cause);
  }
}

async function verifiedPayload(
  receipt: string,
  kid: unknown,
  { find, algorithm, known }: Finder,
): Promise<Uint8Array> {
  try {
    return (await compactVerify(receipt, find, { algorithms: [algorithm] })).payload;
  } catch (error) {
    if (isUnknownKey(error)) throw unknownKey(kid, known, error);
    if (error instanceof errors.JWSSignatureVerificationFailed) throw otherSignature(kid, error);
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
    throw notAReceipt('three parts that are none of a receipt', error);
  }
}

function readReceipt(payload: Uint8Array): Receipt {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(payload));
  } catch (cause) {
    throw otherContent('', cause);
  }
  const { data, error } = receiptSchema.safeParse(content);
  if (data !== undefined) return data;
  throw otherContent((error.issues[0]?.path ?? []).join('.'), error);
}
