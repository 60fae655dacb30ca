/**
 * Vendors' stores that are told apart.
 * @public
 */
export type ProfileName = 'aws' | 's3' | 'r2' | 'minio' | 'seaweedfs' | 'ceph' | 'b2' | 'gcs';

/**
 * What one vendor's store can do: data, no behaviour.
 * @public
 */
export interface StoreProfile {
  readonly name: ProfileName;
  /** Addressing where the configuration does not say. */
  readonly addressing: 'path' | 'by-bucket';
  /** The region to sign with when none is configured; absent where one must be named. */
  readonly defaultRegion?: string;
  /** Base URL for a region; absent where the endpoint must be named. */
  readonly endpoint?: (region: string) => string;
  /** Whether `If-None-Match: *` on PUT is honoured. */
  readonly conditionalWrites: boolean;
  /** Whether browser POST forms are accepted. */
  readonly postForms: boolean;
  /** `exact` when `a//b` and `a/b` are different objects. */
  readonly slashes: 'exact' | 'collapsed';
}
