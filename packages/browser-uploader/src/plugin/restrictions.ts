import type { Limits } from '@valetkey/protocol';

/** The restrictions of Uppy that a policy has something to say about. */
export interface Restrictions {
  readonly maxFileSize: number | null;
  readonly minFileSize: number | null;
  readonly maxNumberOfFiles: number | null;
  readonly allowedFileTypes: string[] | null;
}

/**
 * The app's own restrictions with the policy's: the stricter of the two holds, since the policy refuses what the
 * app would let through, and the app may want less than the policy allows.
 */
export function restrictTo(limits: Limits, own: Restrictions): Restrictions {
  return {
    maxFileSize: smaller(own.maxFileSize, limits.maxFileBytes),
    minFileSize: Math.max(own.minFileSize ?? 0, limits.minFileBytes) || null,
    maxNumberOfFiles: smaller(own.maxNumberOfFiles, limits.maxFiles),
    allowedFileTypes: own.allowedFileTypes ?? (limits.accept.length === 0 ? null : [...limits.accept]),
  };
}

function smaller(own: number | null, policy = own): number | null {
  return own === null || policy === null ? policy : Math.min(own, policy);
}
