import { ValetkeyError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/**
 * Refuses a store whose URLs are no presigned S3 requests: signed as one, they would be refused, or open something
 * else.
 * @throws ValetkeyError `signing-failed`
 */
export function checkSigV4(store: Store): void {
  if (store.profile.signing === undefined) return;
  throw new ValetkeyError('signing-failed', {
    field: `stores.${store.name}`,
    expected: 'a store that is asked with Signature Version 4',
    got: `the profile ${store.profile.name}`,
    hint: 'Sign with grantSigner of @valetkey/core/s3; upload through the store behind it.',
  });
}
