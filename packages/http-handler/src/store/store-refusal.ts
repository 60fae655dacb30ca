/** What a store's error means for whoever asked the service: whether the same call may do another time. */
import { ValetkeyError } from '@valetkey/core';

import { unavailable } from './store-call.ts';

/** "Again", whatever the code: RFC 9110, section 15.5.9; RFC 8470, section 5.2; RFC 6585, section 4. */
const passingStatuses: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** "Again", whatever the status. Source: Amazon S3 API reference, "List of error codes". */
const passingCodes: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'OperationAborted',
  'ConditionalRequestConflict',
]);
/** The keys that the service has now are not those that signed. */
const expiredCodes: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);

/** An error of a store, as far as it was read. */
export interface StoreRefusal {
  readonly status: number;
  /** Undefined where there was none, as in every answer to HEAD. */
  readonly code: string | undefined;
  /** What was asked for. */
  readonly what: string;
}

/**
 * A 4xx that names its reason is the store's last word, and an unknown reason is one too: `store-refused`. What says
 * "again", what is no error of S3 at all and what gives no reason is `store-unavailable`; keys that have ended are
 * `credentials-expired`. The last two are retryable.
 */
export function toRefusal(endpoint: string, { status, code, what }: StoreRefusal): ValetkeyError {
  const got = `${code ?? 'an error'} with status ${status} to ${what}`;
  if (code !== undefined && expiredCodes.has(code)) {
    return new ValetkeyError('credentials-expired', { field: endpoint, expected: 'keys that last', got });
  }
  const isClient = status >= 400 && status < 500;
  const isFinal = isClient && (code !== undefined || status === 403);
  if (!isFinal || passingStatuses.has(status) || (code !== undefined && passingCodes.has(code))) {
    return unavailable(endpoint, got);
  }
  return new ValetkeyError('store-refused', { field: endpoint, expected: 'the store to do it', got });
}
