/**
 * Why a receipt is not believed, in words for whoever runs the backend. Names of keys are public; nothing else of a
 * receipt that may be anything is repeated.
 */
import { quote, ValetkeyError } from '@valetkey/core';

import { receiptType } from './receipt-keys.ts';

/** How receipts are signed: by a key that the service publishes, or by one that it shares. */
export type ReceiptAlgorithm = 'EdDSA' | 'HS256';

export function notAReceipt(got: string, cause?: unknown): ValetkeyError {
  return refusal({
    expected: 'a receipt of three parts with dots between them (a JWS)',
    got,
    hint: 'Hand on the receipt of the answer to complete as it came.',
    cause,
  });
}

export function otherAlgorithm(alg: unknown, expected: ReceiptAlgorithm): ValetkeyError {
  const hints: Readonly<Record<string, string>> = {
    HS256:
      'This receipt is signed with the secret: the service has no key for receipts. Give it one (server.receipts), or verify with its secrets.',
    EdDSA:
      'The service has a key for receipts: verify with keys, such as receiptKeysAt of its /v1/receipts/keys.',
  };
  const hint = typeof alg === 'string' && Object.hasOwn(hints, alg) ? hints[alg] : undefined;
  return refusal({
    expected: `the algorithm ${expected}`,
    got: quote(alg),
    hint: hint ?? 'No receipt is signed so: look at where it comes from.',
  });
}

export function otherType(typ: unknown): ValetkeyError {
  return refusal({
    expected: `the type ${quote(receiptType)}`,
    got: quote(typ),
    hint: 'It is signed by the service, and is something else than a receipt.',
  });
}

/** `known` are the names of the keys, where they are at hand. */
export function unknownKey(
  kid: unknown,
  known: readonly (string | undefined)[] | undefined,
  cause: unknown,
): ValetkeyError {
  const names = known?.map((name) => quote(name)).join(', ');
  return refusal({
    expected:
      names === undefined ? 'a key that is published' : `one of the keys ${names === '' ? '(none)' : names}`,
    got: `the key ${quote(kid)}`,
    hint: 'Another service signed it, or its key has been taken away since; take the keys of the service that gave it.',
    cause,
  });
}

export function otherSignature(kid: unknown, cause: unknown): ValetkeyError {
  return refusal({
    expected: `the signature of the key ${quote(kid)}`,
    got: 'another one',
    hint: 'It was changed on the way, or somebody else made it: do not believe it.',
    cause,
  });
}

export function otherContent(field: string, cause: unknown): ValetkeyError {
  return refusal({
    expected: 'the fields of a receipt',
    got: field === '' ? 'something else' : `something else in ${quote(field)}`,
    hint: 'The service signed it: is it of another version than this library?',
    cause,
  });
}

function refusal(detail: { expected: string; got: string; hint: string; cause?: unknown }): ValetkeyError {
  return new ValetkeyError('forbidden', { field: 'receipt', ...detail });
}
