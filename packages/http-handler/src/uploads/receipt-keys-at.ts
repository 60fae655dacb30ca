import { quote, ValetkeyError } from '@valetkey/core';
import { createRemoteJWKSet, errors, type CompactJWSHeaderParameters, type CryptoKey } from 'jose';

/**
 * Public keys at an address, fetched when they are needed and kept: make it once, not for each receipt.
 * @public
 */
export type ReceiptKeyFinder = (header: CompactJWSHeaderParameters) => Promise<CryptoKey>;

/**
 * The keys that a service publishes at `/v1/receipts/keys`. Verifying rejects with `identity-unavailable` while they
 * cannot be had.
 * @throws ValetkeyError `invalid-configuration` when the address is none
 * @example
 * ```ts
 * const keys = receiptKeysAt('https://sign.example.com/v1/receipts/keys');
 * ```
 * @public
 */
export function receiptKeysAt(url: string): ReceiptKeyFinder {
  const address = URL.parse(url);
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'receiptKeysAt',
      expected: 'where the service publishes its keys, such as https://sign.example.com/v1/receipts/keys',
      got: quote(url),
    });
  }
  const find = createRemoteJWKSet(address);
  return async (header) => {
    try {
      return await find(header);
    } catch (cause) {
      if (isUnknownKey(cause)) throw cause;
      throw new ValetkeyError('identity-unavailable', {
        field: quote(url),
        expected: 'the keys that receipts are verified with',
        got: reasonOf(cause),
        hint: 'Is this the address of the service, followed by /v1/receipts/keys, and can it be reached from here?',
        cause,
      });
    }
  };
}

/** The keys are there, and none of them made this receipt. */
export function isUnknownKey(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof errors.JWKSTimeout) return 'no answer in time';
  if (cause instanceof errors.JOSEError) return 'an answer that is no set of keys';
  const reason = cause instanceof Error ? (cause.cause ?? cause) : undefined;
  if (reason instanceof Error && 'code' in reason && typeof reason.code === 'string') return reason.code;
  return cause instanceof Error ? cause.name : 'an error';
}
