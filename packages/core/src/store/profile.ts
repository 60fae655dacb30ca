import type { ChecksumAlgorithm } from '../grammar/object-terms.ts';
import type { EndpointVariant } from './endpoint-variant.ts';

/**
 * Vendors' stores that are told apart.
 * @public
 */
export type ProfileName = 'aws' | 's3' | 'r2' | 'minio' | 'seaweedfs' | 'ceph' | 'b2' | 'gcs' | 'cloudfront';

/**
 * What one vendor's store can do: data. What is not known for sure is not promised.
 * @public
 */
export interface StoreProfile {
  readonly name: ProfileName;
  /** `cloudfront` where URLs are signed with a key of CloudFront; absent where Signature Version 4 signs them. */
  readonly signing?: 'cloudfront';
  /** Addressing where the configuration does not say. */
  readonly addressing: 'path' | 'by-bucket';
  /** The region to sign with when none is configured; absent where one must be named. */
  readonly defaultRegion?: string;
  /** Base URL for a region; absent where the endpoint must be named. `field` is the store's, for messages. */
  readonly endpoint?: (region: string, variant: EndpointVariant, field: string) => string;
  /** Whether `If-None-Match: *` on PUT is honoured. */
  readonly conditionalWrites: boolean;
  /** Whether browser POST forms are accepted. */
  readonly postForms: boolean;
  /** Whether objects have versions that `versionId` pins. */
  readonly versions: boolean;
  /** `exact` when `a//b` and `a/b` are different objects. */
  readonly slashes: 'exact' | 'collapsed';
  /** Whether a body of another length than the signed `content-length` is refused. */
  readonly signedContentLength: boolean;
  /** Checksums of a PUT's or part's body that are verified on arrival. */
  readonly checksums: readonly ChecksumAlgorithm[];
  /** Those of them that can cover a whole multipart upload, instead of being a checksum of checksums. */
  readonly fullObjectChecksums: readonly ChecksumAlgorithm[];
}
