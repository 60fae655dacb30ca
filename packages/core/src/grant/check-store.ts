import { ValetkeyError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/**
 * Refuses what Signature Version 4 for a plain bucket cannot reach: signed so, a URL would be refused, or open
 * something else.
 * @throws ValetkeyError `signing-failed`
 */
export function checkSigV4({ name, profile, specialBuckets }: Store, bucket: string): void {
  const special = specialBuckets?.get(bucket);
  if (profile.signing === undefined && special === undefined) return;
  throw new ValetkeyError('signing-failed', {
    field: `stores.${name}`,
    expected: 'a plain bucket of a store that is asked with Signature Version 4',
    got: special === undefined ? `the profile ${profile.name}` : `a special bucket (${special.kind})`,
    hint: 'Sign with grantSigner of @valetkey/core/s3; what it does not sign cannot be had there.',
  });
}
