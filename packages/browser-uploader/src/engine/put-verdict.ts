/** What the end of a PUT means for the file. */
import type { Environment } from './environment.ts';
import type { PutOutcome } from './put-object.ts';
import { parseRetryAfter } from './retry-after.ts';
import { UploadError } from './upload-error.ts';

type Failed = Exclude<PutOutcome, { kind: 'stored' | 'paused' }>;

/** Codes of S3 that say "again", whatever the status. */
const passing: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'SlowDown',
  // What arrived is not what was summed: the line's doing, unless the file changed, which is looked at.
  'BadDigest',
  'XAmzContentChecksumMismatch',
]);

/** The error of a PUT that did not arrive; `retryable` says whether another may. */
export function toPutError(outcome: Failed, environment: Environment): UploadError {
  switch (outcome.kind) {
    case 'stalled':
      return new UploadError('stalled', 'The upload made no progress for 30 seconds.', { retryable: true });
    case 'no-answer':
      return new UploadError('network', 'The connection to the store broke. Look at your connection.', {
        retryable: true,
      });
    case 'refused': {
      const { status, code, message } = outcome.error;
      if (code === 'NoSuchUpload') {
        return new UploadError('upload-not-found', 'The store no longer knows the upload.', { status });
      }
      return new UploadError('store-refused', refusalOf(status, code, message), {
        status,
        retryable: isPassing(status, code),
        retryAfterMs: parseRetryAfter(outcome.retryAfter, environment.now()),
      });
    }
  }
}

/** Whether the store has more to do than it can, rather than something against the request. */
export function isOverload(outcome: PutOutcome): boolean {
  if (outcome.kind !== 'refused') return false;
  const { status, code } = outcome.error;
  return status === 429 || status === 503 || code === 'SlowDown';
}

function isPassing(status: number, code: string): boolean {
  // 409: another write of the same key is under way. 501: never.
  const isStatus = status === 408 || status === 409 || status === 429 || (status >= 500 && status !== 501);
  return isStatus || passing.has(code);
}

function refusalOf(status: number, code: string, message: string): string {
  const reason = [code, message].filter((part) => part !== '').join(': ');
  // Signed with a key that the store has and others read otherwise: something in between.
  const hint = code === 'SignatureDoesNotMatch' ? ' Something on the way changed the request.' : '';
  return `The store refused the upload with status ${status}${reason === '' ? '' : ` (${reason})`}.${hint}`;
}
