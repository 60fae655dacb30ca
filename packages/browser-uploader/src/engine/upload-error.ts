import type { Problem } from '@valetkey/protocol';

/**
 * The service's own codes, and what only the browser can see. `network`: no answer; `cors`: the store answers,
 * but not to this page; `store-refused`: the store said no; `stalled`: no progress.
 * @public
 */
export type UploadErrorCode = Problem['code'] | 'network' | 'cors' | 'store-refused' | 'stalled';

/** What an {@link UploadError} says beside its message. */
export interface UploadErrorDetail {
  readonly retryable?: boolean | undefined;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** When to come back, as the other side said. */
  readonly retryAfterMs?: number | undefined;
  readonly problem?: Problem | undefined;
  readonly cause?: unknown;
}

/**
 * Why an upload failed, in a sentence that a person can act on. Holds no URL, no token and no id.
 * @public
 */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly code: UploadErrorCode;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** What the service answered, when it was the service. */
  readonly problem: Problem | undefined;

  constructor(code: UploadErrorCode, message: string, detail: UploadErrorDetail = {}) {
    super(message, detail);
    this.code = code;
    this.retryable = detail.retryable ?? false;
    this.status = detail.status;
    this.retryAfterMs = detail.retryAfterMs;
    this.problem = detail.problem;
  }

  /** The same, not to be tried again without the person's word, or not before the time is over. */
  asFinal(waitMs = 0): UploadError {
    const { code, message, cause, status, retryAfterMs, problem } = this;
    const when = waitMs ? ` Come back in ${Math.ceil(waitMs / 60_000)} minutes.` : '';
    return new UploadError(code, message + when, {
      cause,
      status,
      retryAfterMs,
      problem,
      retryable: false,
    });
  }
}

/** An answer of the service as an error. */
export function fromProblem(problem: Problem): UploadError {
  return new UploadError(problem.code, messageOf(problem), { ...problem, problem });
}

/** What a person reads of a code. */
export function messageOf({
  code,
  detail,
}: {
  readonly code: UploadErrorCode;
  readonly detail: string;
}): string {
  switch (code) {
    case 'unauthenticated':
      return 'You are not signed in, or no longer. Sign in and try again.';
    case 'forbidden':
      return 'You are not allowed to upload here.';
    case 'already-exists':
      return 'A file of this name exists already and may not be replaced. Rename the file.';
    case 'superseded':
      return 'Another upload has replaced this file.';
    default:
      return detail;
  }
}
