import { checkCredentials } from '../signing/check-credentials.ts';
import { checkHeaders, checkQuery, checkVersionId } from '../signing/check-parameters.ts';
import type { SigningCredentials } from '../signing/credentials.ts';
import { presignObject, type SigningTime } from '../signing/presign-object.ts';
import type { PresignedUrl } from '../signing/presigned-url.ts';
import type { Store } from '../store/store.ts';
import { checkSigV4 } from './check-store.ts';
import { grantBounds } from './grant-bounds.ts';
import type { Grant } from './grant.ts';

/**
 * Where and when a grant is signed.
 * @public
 */
export interface PresignOptions extends SigningTime {
  readonly store: Store;
}

/**
 * The URL for a grant. Its life is the shortest of the grant's, the store's maximum, what is left of the
 * credentials less a minute, and the grant's end time; `limitedBy` says which. Synchronous everywhere.
 * @throws ValetkeyError `credentials-unavailable`, `credentials-expired`, `invalid-lifetime`,
 * `invalid-metadata`, `unknown-field`
 * @public
 */
export function presign(
  grant: Grant,
  credentials: SigningCredentials,
  { store, ...time }: PresignOptions,
): PresignedUrl {
  checkSigV4(store, grant.bucket);
  checkCredentials(credentials);
  checkHeaders(grant.headers);
  checkQuery(grant.query);
  checkVersionId(grant.versionId);
  return presignObject(
    {
      method: grant.method,
      endpoint: store.publicEndpoint,
      addressing: store.addressing,
      region: store.region,
      bucket: grant.bucket,
      key: grant.key,
      versionId: grant.versionId,
      headers: grant.headers,
      query: grant.query,
      lifetime: grantBounds(grant, store, credentials),
    },
    credentials,
    grant.cacheWindowSeconds === undefined ? time : { cacheWindowSeconds: grant.cacheWindowSeconds, ...time },
  );
}
