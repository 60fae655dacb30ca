import { ValetkeyError, type ErrorCode } from '@valetkey/core';
import { toProblem, type Problem } from '@valetkey/protocol';

import { LimitMissed } from './limit-missed.ts';
import { RateLimited } from './rate-limits.ts';

/** Limits stand in `GET /v1/policies/{policy}` for everyone the policy is for; nothing else of a denial is told. */
export const limitCodes: ReadonlySet<ErrorCode> = new Set([
  'lifetime-too-long',
  'size-not-bounded',
  'file-too-large',
  'file-too-small',
  'type-not-allowed',
  'checksum-required',
  'version-required',
  'invalid-metadata',
  'invalid-key',
]);

/** Codes whose whole message is about what the caller sent; of any other the caller learns the title only. */
const ownMessage: ReadonlySet<ErrorCode> = new Set([
  ...limitCodes,
  'invalid-lifetime',
  'unknown-field',
  'invalid-body',
  'unsupported-media-type',
  'body-too-large',
  'body-too-slow',
  'not-found',
  'upload-expired',
  'size-mismatch',
  'checksum-mismatch',
  'part-out-of-range',
  'rate-limited',
  'method-not-allowed',
  // Says by how much, and names no machine.
  'clock-skewed',
]);

/** Codes that are somebody else's to mend: the operator should hear of them. */
const operatorCodes: ReadonlySet<ErrorCode> = new Set([
  'invalid-policy',
  'invalid-configuration',
  'credentials-unavailable',
  'credentials-expired',
  'store-not-found',
  'store-unavailable',
  'store-refused',
  'clock-skewed',
  'signing-failed',
  'identity-unavailable',
]);

/** When to come back to what is away: RFC 9110, section 10.2.3. */
const unavailableRetryMs: Readonly<Partial<Record<ErrorCode, number>>> = {
  'identity-unavailable': 1000,
  'store-unavailable': 1000,
  'credentials-unavailable': 1000,
  'credentials-expired': 1000,
};

/**
 * What a caller sees of an error, and whether the operator has to hear of it. Anything that is not ours on
 * purpose is `signing-failed`.
 */
export function describeError(
  error: unknown,
  requestId: string,
): { readonly problem: Problem; readonly isFailure: boolean } {
  if (!(error instanceof ValetkeyError)) {
    return { problem: toProblem('signing-failed', { requestId }), isFailure: true };
  }
  const { code, message } = error;
  const retryAfterMs = error instanceof RateLimited ? error.retryAfterMs : unavailableRetryMs[code];
  return {
    problem: toProblem(code, {
      requestId,
      ...(ownMessage.has(code) ? { detail: `${message.replace(/\.$/, '')}.` } : {}),
      retryAfterMs,
      limits: error instanceof LimitMissed ? error.limits : undefined,
    }),
    isFailure: operatorCodes.has(code),
  };
}
