import { redact, ValetkeyError } from '@valetkey/core';
import { reasonOf, type Finding } from '@valetkey/share';

/** Errors that only a change of the Share or of the platform's objects can mend. */
const terminal = new Set([
  'body-too-large',
  'session-policy-too-large',
  'invalid-lifetime',
  'invalid-metadata',
  'invalid-key',
  'invalid-bucket',
]);

/** An error of signing, as a condition tells it. */
export interface SigningFailure {
  readonly finding: Finding;
  readonly isTerminal: boolean;
}

/** @throws what is no ValetkeyError: a bug, which the queue retries and the log shows */
export function toSigningFailure(error: unknown): SigningFailure {
  if (!(error instanceof ValetkeyError)) throw error;
  const reason = error.code === 'body-too-large' ? 'SecretTooLarge' : reasonOf(error.code, 'SigningFailed');
  return { finding: { reason, message: redact(error.message) }, isTerminal: terminal.has(error.code) };
}
