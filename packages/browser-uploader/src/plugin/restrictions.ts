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
    allowedFileTypes: common(own.allowedFileTypes, limits.accept),
  };
}

/** What both let through. An extension is the app's own: which type it stands for is not known here. */
function common(own: string[] | null, accept: readonly string[]): string[] | null {
  if (accept.length === 0) return own;
  if (own === null) return [...accept];
  const both = own.flatMap((mine) => {
    if (mine.startsWith('.')) return mine;
    return accept.flatMap((theirs) => {
      if (covers(mine, theirs)) return theirs;
      return covers(theirs, mine) ? mine : [];
    });
  });
  return [...new Set(both)];
}

/** `image/*` covers `image/png`, and itself. */
function covers(pattern: string, type: string): boolean {
  if (pattern === '*/*' || pattern.toLowerCase() === type.toLowerCase()) return true;
  return pattern.endsWith('/*') && type.toLowerCase().startsWith(pattern.slice(0, -1).toLowerCase());
}

function smaller(own: number | null, policy = own): number | null {
  return own === null || policy === null ? policy : Math.min(own, policy);
}
