import { ValetkeyError } from '../../errors.ts';
import type { SpecialBucket } from '../../grammar/special-bucket.ts';
import type { Grant } from '../../grant/grant.ts';
import { checkCredentials } from '../../signing/check-credentials.ts';
import { checkHeaders, checkQuery, checkVersionId } from '../../signing/check-parameters.ts';
import type { SigningCredentials } from '../../signing/credentials.ts';
import { effectiveLifetime } from '../../signing/effective-lifetime.ts';
import type { LifetimeLimiter } from '../../signing/presigned-url.ts';
import type { Store } from '../../store/store.ts';

/** A grant with everything decided that does not depend on the kind of bucket. */
export interface SpecialTerms {
  readonly grant: Grant;
  readonly special: SpecialBucket;
  readonly region: string;
  /** Signed query: the grant's, and the version. */
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, a whole second. */
  readonly signedAtMs: number;
  readonly expiresInSeconds: number;
  readonly limitedBy: LifetimeLimiter;
}

/**
 * Checks a grant as `presign` does, and bounds its life by the keys that will sign it.
 * @throws ValetkeyError as `presign`, and `invalid-bucket` for a bucket that the store does not name as special
 */
export function toSpecialTerms(
  grant: Grant,
  credentials: SigningCredentials,
  { store, nowMs }: { readonly store: Store; readonly nowMs: number },
): SpecialTerms {
  const special = store.specialBuckets?.get(grant.bucket);
  if (special === undefined) {
    throw new ValetkeyError('invalid-bucket', {
      field: 'bucket',
      expected: `one of the special buckets of the store ${store.name}`,
      got: grant.bucket,
    });
  }
  checkCredentials(credentials);
  checkHeaders(grant.headers);
  checkQuery(grant.query);
  checkVersionId(grant.versionId);
  const lifetime = effectiveLifetime(
    {
      askedSeconds: grant.lifetimeSeconds,
      askedBy: grant.lifetimeFrom,
      storeMaxSeconds: store.maxLifetimeSeconds,
      credentialsExpireAtMs: credentials.expiresAtMs,
      notAfterMs: grant.notAfterMs,
    },
    nowMs,
  );
  const { versionId } = grant;
  return {
    grant,
    special,
    region: store.region,
    query: versionId === undefined ? grant.query : { ...grant.query, versionId },
    signedAtMs: Math.floor(nowMs / 1000) * 1000,
    expiresInSeconds: lifetime.seconds,
    limitedBy: lifetime.limitedBy,
  };
}
