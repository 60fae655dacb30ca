import type { ErrorCode } from '@valetkey/core';

/** Exit statuses, as `valetkey --help` lists them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, credentials: 3, interrupted: 130 } as const;

const usage = new Set<ErrorCode>([
  'invalid-bucket',
  'invalid-key',
  'invalid-lifetime',
  'invalid-metadata',
  'unknown-field',
  'invalid-policy',
  'invalid-configuration',
  'method-not-allowed',
  'store-not-found',
  'version-required',
  'size-not-bounded',
  'file-exists',
  'file-unreadable',
  'header-mismatch',
]);
const credentials = new Set<ErrorCode>(['credentials-unavailable', 'credentials-expired']);

/** The command did its work, and what it found is no: the output says it, and the status is `failed`. */
export class AnswerIsNo extends Error {
  override readonly name = 'AnswerIsNo';
}

/** Exit status for an error's code: what the caller can mend by another command line is `usage`. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'interrupted') return exitCodes.interrupted;
  if (credentials.has(code)) return exitCodes.credentials;
  return usage.has(code) ? exitCodes.usage : exitCodes.failed;
}
