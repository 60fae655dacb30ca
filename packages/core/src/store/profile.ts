/**
 * What one vendor's store can do. One file per vendor under `profiles/`.
 * @public
 */
export interface StoreProfile {
  readonly name: 'aws' | 's3' | 'r2' | 'minio' | 'seaweedfs' | 'ceph' | 'b2' | 'gcs' | 'cloudfront';
  /** Addressing when neither configuration nor bucket name decides. */
  readonly addressing: 'virtual' | 'path';
  /** The region to sign with when none is configured; absent where one must be named. */
  readonly defaultRegion?: string;
  /** Whether `If-None-Match: *` on PUT is honoured. */
  readonly conditionalWrites: boolean;
  /** Whether browser POST forms are accepted. */
  readonly postForms: boolean;
  /** `exact` when `a//b` and `a/b` are different objects. */
  readonly slashes: 'exact' | 'collapsed';
}
