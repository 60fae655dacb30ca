import type { BucketName } from '../grammar/brands.ts';
import type { SpecialBucket } from '../grammar/special-bucket.ts';
import type { StoreProfile } from './profile.ts';

/**
 * An S3-compatible service that Valetkey can sign for, without its credentials: everything that decides
 * what a URL's host, path and scope are.
 * @public
 */
export interface Store {
  /** Name in `valetkey.yaml` or of the Kubernetes object; for messages only. */
  readonly name: string;
  readonly profile: StoreProfile;
  readonly region: string;
  /** Base URL of the calls a service makes itself. Scheme, host, optional port and base path; no trailing slash. */
  readonly endpoint: string;
  /** Base URL that is written into presigned URLs. Equal to `endpoint` unless configured. */
  readonly publicEndpoint: string;
  /** Where the bucket stands; `by-bucket` unless configuration or profile decides. */
  readonly addressing: 'virtual' | 'path' | 'by-bucket';
  /** Upper bound for every URL of this store, in seconds. */
  readonly maxLifetimeSeconds?: number;
  /** The one bucket it serves; set for a CloudFront distribution, whose URLs name no bucket. */
  readonly bucket?: BucketName;
  /** What stands for a bucket and is none, by the name that policies and grants use. */
  readonly specialBuckets?: ReadonlyMap<string, SpecialBucket>;
}
