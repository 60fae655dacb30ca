import type { ErrorCode } from '../errors.ts';

/**
 * Why one policy did not allow a request: the nearest miss. For the policy's owner and the audit log; an
 * outsider learns `forbidden` and no more.
 * @public
 */
export interface Denial {
  /** Absent when no policy was there to be asked. */
  readonly policy?: string;
  readonly code: ErrorCode;
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** What a check says when it does not hold. */
export type Miss = Omit<Denial, 'policy'>;
