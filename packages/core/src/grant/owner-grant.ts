import { parseBucket } from '../grammar/bucket.ts';
import { parseKey, type KeySyntax } from '../grammar/key.ts';
import { parseLifetimeSeconds } from '../grammar/lifetime.ts';
import type { OwnerUploadTerms, ResponseTerms } from '../grammar/object-terms.ts';
import type { Method } from '../grammar/method.ts';
import type { Store } from '../store/store.ts';
import { toGrant, type Grant } from './grant.ts';
import { toOwnerHeaders } from './owner-headers.ts';
import { toSignedQuery } from './signed-terms.ts';

/**
 * What somebody who holds the credentials asks for.
 * @public
 */
export interface OwnerRequest {
  readonly method: Method;
  readonly bucket: string;
  readonly key: string;
  /** @default 'raw': owners reach every object that a URL can name */
  readonly keySyntax?: KeySyntax;
  /** Seconds, 1…604800. */
  readonly lifetimeSeconds: number;
  readonly versionId?: string | undefined;
  readonly upload?: OwnerUploadTerms | undefined;
  readonly response?: ResponseTerms | undefined;
}

/**
 * A grant without a policy, for a caller who holds the credentials and could do it anyway. Only the command
 * line may use it; services decide with `evaluate`.
 * @throws ValetkeyError `invalid-bucket`, `invalid-key`, `invalid-lifetime`, `invalid-metadata`, `checksum-required`,
 * `size-not-bounded`
 * @public
 */
export function ownerGrant(request: OwnerRequest, store: Store): Grant {
  return toGrant({
    method: request.method,
    bucket: parseBucket(request.bucket, 'bucket'),
    key: parseKey(request.key, 'key', {
      syntax: request.keySyntax ?? 'raw',
      slashes: store.profile.slashes,
    }),
    versionId: request.versionId,
    lifetimeSeconds: parseLifetimeSeconds(request.lifetimeSeconds, 'lifetime'),
    lifetimeFrom: 'asked',
    headers: toOwnerHeaders(request.upload ?? {}),
    query: toSignedQuery(request.response),
  });
}
