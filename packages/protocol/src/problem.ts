import { errorCatalogue, type ErrorCode } from '@valetkey/core/errors';
import { z } from 'zod';
import { limitsSchema } from './limits.ts';

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

/**
 * An error as RFC 9457 has it, in `application/problem+json` or inside a batch's item.
 * @public
 */
export const problemSchema = z.strictObject({
  /** `urn:valetkey:problem:` and the code. */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.enum(codes),
  /** Whether the same request may succeed later without a change. */
  retryable: z.boolean(),
  retryAfterMs: z.int().min(0).optional(),
  /** What the policy would have let through, of an upload that it did not. */
  limits: limitsSchema
    .pick({ maxFileBytes: true, minFileBytes: true, accept: true, checksum: true })
    .optional(),
  requestId: z.string(),
});

/** @public */
export type Problem = z.infer<typeof problemSchema>;

/** Media type of a whole answer that is a problem. RFC 9457, section 3. */
export const problemMediaType = 'application/problem+json';

/** HTTP status of every code in the catalogue. */
const statuses: Readonly<Record<ErrorCode, number>> = {
  'invalid-bucket': 400,
  'invalid-key': 400,
  'invalid-lifetime': 400,
  'invalid-metadata': 400,
  'unknown-field': 400,
  'invalid-body': 400,
  'unsupported-media-type': 415,
  'body-too-large': 413,
  'body-too-slow': 408,
  'not-found': 404,
  'invalid-policy': 500,
  'invalid-configuration': 500,
  forbidden: 403,
  'no-policy-matched': 403,
  'subject-not-allowed': 403,
  'key-not-allowed': 403,
  'method-not-allowed': 405,
  'lifetime-too-long': 400,
  'size-not-bounded': 400,
  'file-too-large': 413,
  'file-too-small': 400,
  'type-not-allowed': 415,
  'too-many-files': 400,
  'checksum-required': 400,
  'version-required': 400,
  'credentials-unavailable': 503,
  'credentials-expired': 503,
  'session-policy-too-large': 500,
  'store-not-found': 500,
  'store-unavailable': 503,
  'clock-skewed': 503,
  'signing-failed': 500,
  'store-refused': 502,
  'cluster-unavailable': 503,
  'cluster-refused': 502,
  'file-unreadable': 500,
  'file-unwritable': 500,
  'file-exists': 500,
  'file-changed': 500,
  'header-mismatch': 400,
  interrupted: 503,
  'upload-expired': 410,
  'upload-not-found': 404,
  superseded: 409,
  'part-out-of-range': 400,
  'size-mismatch': 409,
  'checksum-mismatch': 409,
  'already-exists': 409,
  'rate-limited': 429,
  'identity-unavailable': 503,
  unauthenticated: 401,
  'line-too-slow': 408,
};

/** What is known of an error when it becomes a problem. */
export interface ProblemFacts {
  /** One sentence for the caller; never a URL, a token or a key. @default the code's title */
  readonly detail?: string | undefined;
  readonly requestId: string;
  readonly retryAfterMs?: number | undefined;
  readonly limits?: Problem['limits'];
}

/**
 * The problem of a code, with the status that belongs to it.
 * @public
 */
export function toProblem(
  code: ErrorCode,
  { detail, requestId, retryAfterMs, limits }: ProblemFacts,
): Problem {
  const { title, retryable } = errorCatalogue[code];
  return {
    type: `urn:valetkey:problem:${code}`,
    title,
    status: statuses[code],
    detail: detail ?? `${title}.`,
    code,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(limits === undefined ? {} : { limits }),
    requestId,
  };
}
