import type {
  Clock,
  ErrorCode,
  Grant,
  Policy,
  PresignedUrl,
  SigningCredentials,
  Store,
  Subject,
} from '@valetkey/core';
import type { JWK } from 'jose';

import type { CreateRateCounter } from './rate-limits.ts';
import type { ServiceHooks } from './service-hooks.ts';

/**
 * A store and how the keys that sign for it are had.
 * @public
 */
export interface ServiceStore {
  readonly store: Store;
  /** Asked before every signing, so that rotation is seen. */
  readonly credentials: () => Promise<SigningCredentials>;
  /**
   * Signs downloads where another than S3 hands them out, as a CloudFront distribution does: `grantSigner` of
   * `@valetkey/core/s3`. The credentials are not asked then.
   * @default a presigned S3 request
   */
  readonly sign?: (grant: Grant) => Promise<PresignedUrl>;
}

/**
 * What a signing service is made of.
 * @public
 */
export interface ServiceOptions {
  /** By the name that policies use. */
  readonly stores: ReadonlyMap<string, ServiceStore>;
  /** Nothing is allowed that none of them allows; each names one of the stores. */
  readonly policies: readonly Policy[];
  /**
   * Secrets of at least 32 bytes, newest first: they encrypt upload ids, sign receipts and make keys
   * repeatable. The first is used, the second is still accepted.
   */
  readonly secrets: readonly Uint8Array[];
  /**
   * Private Ed25519 keys, newest first: the first signs receipts, and all are published, so that whoever verifies
   * receipts cannot make them. @default receipts are signed with the secret
   */
  readonly receiptKeys?: readonly JWK[];
  /** What time it is, for lifetimes and signatures. @default the machine's own */
  readonly clock?: Clock;
  /** For the service's own calls to stores. @default globalThis.fetch */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Told of what was issued, refused, completed, and of what went wrong. */
  readonly hooks?: ServiceHooks;
  /** Where rate limits are counted: shared by replicas, or not. @default in this process */
  readonly createRateCounter?: CreateRateCounter;
}

/** Who asked under which policy, for hooks and limits. */
export interface Asking {
  readonly subject: Subject;
  /** Its name; quoted and redacted where there is none of the name that was asked for. */
  readonly policy: string;
}

/** Why something was refused, for the audit and never for the caller. */
export interface Refusal extends Asking {
  readonly code: ErrorCode;
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}
