import { toReason, type ErrorCode } from '@valetkey/core';

/**
 * Reasons of a Share's conditions. Documented in `docs/reference/share.md`.
 * @public
 */
export const shareReasons = [
  'Issued',
  'Pending',
  'NoPolicyMatched',
  'KeyNotAllowed',
  'MethodNotAllowed',
  'LifetimeTooLong',
  'SizeNotBounded',
  'NamespaceNotAllowed',
  'StoreNotFound',
  'StoreUnavailable',
  'CredentialsUnavailable',
  'CredentialsExpired',
  'SessionPolicyTooLarge',
  'SecretConflict',
  'SecretTooLarge',
  'SecretForbidden',
  'SecretWriteFailed',
  'SigningFailed',
  'Suspended',
  'Ended',
  'Expired',
  'InvalidSpec',
  'Unguarded',
] as const;

/** @public */
export type ShareReason = (typeof shareReasons)[number];

/**
 * Why something is as it is: a reason for programs, a message for people. Holds no URL.
 * @public
 */
export interface Finding {
  readonly reason: ShareReason;
  readonly message: string;
}

/** The reason for an error's code; codes without one of their own are `otherwise`. */
export function reasonOf(code: ErrorCode, otherwise: ShareReason): ShareReason {
  const reason = toReason(code);
  return shareReasons.find((known) => known === reason) ?? otherwise;
}
