import type { StoreProfile } from '../profile.ts';
import { s3 } from './any-s3.ts';

/** A CloudFront distribution in front of a bucket: it hands objects out and takes none. */
export const cloudfront: StoreProfile = {
  ...s3,
  name: 'cloudfront',
  signing: 'cloudfront',
  defaultRegion: 'us-east-1',
  // Developer Guide, "Cache content based on query string parameters": once the distribution forwards `versionId`.
  versions: true,
};
