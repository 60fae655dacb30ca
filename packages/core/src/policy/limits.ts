import type { Policy } from './policy.ts';
import type { Action } from './rule.ts';

/**
 * What a user interface may offer under a policy. It binds nobody: every request is evaluated.
 * @public
 */
export interface PolicyLimits {
  readonly policy: string;
  readonly actions: readonly Action[];
  /** Bytes: what a file may have, and what the rate limit holds in its whole time; absent: unbounded. */
  readonly maxFileBytes: number | undefined;
  /** Bytes. */
  readonly minFileBytes: number;
  /** Content types; empty: any. */
  readonly accept: readonly string[];
  readonly maxFiles: number | undefined;
  /** Files of more bytes go up in parts. */
  readonly multipartThresholdBytes: number;
  /** Bytes of a part; absent: chosen by the file's size. */
  readonly partBytes: number | undefined;
  readonly lifetimeSeconds: { readonly default: number; readonly max: number };
  readonly checksum: 'none' | 'optional' | 'required';
}

/**
 * The limits of a policy, without whom it is for and which keys it covers.
 * @public
 */
export function limitsOf({ name, actions, lifetime, upload, rateLimit }: Policy): PolicyLimits {
  const bounds = [upload.maxBytes, rateLimit.bytes?.count].filter((bytes) => bytes !== undefined);
  return {
    policy: name,
    actions,
    maxFileBytes: bounds.length === 0 ? undefined : Math.min(...bounds),
    minFileBytes: upload.minBytes,
    accept: upload.contentTypes ?? [],
    maxFiles: upload.maxFiles,
    multipartThresholdBytes: upload.multipartThresholdBytes,
    partBytes: upload.partBytes === 'auto' ? undefined : upload.partBytes,
    lifetimeSeconds: { default: lifetime.defaultSeconds, max: lifetime.maxSeconds },
    checksum: upload.checksum,
  };
}
