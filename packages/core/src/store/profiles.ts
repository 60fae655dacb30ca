import type { ProfileName, StoreProfile } from './profile.ts';
import { s3 } from './profiles/any-s3.ts';
import { aws } from './profiles/aws.ts';
import { b2 } from './profiles/b2.ts';
import { ceph } from './profiles/ceph.ts';
import { cloudfront } from './profiles/cloudfront.ts';
import { gcs } from './profiles/gcs.ts';
import { minio } from './profiles/minio.ts';
import { r2 } from './profiles/r2.ts';
import { seaweedfs } from './profiles/seaweedfs.ts';

/**
 * The known vendors.
 * @public
 */
export const storeProfiles: Readonly<Record<ProfileName, StoreProfile>> = {
  aws,
  s3,
  r2,
  minio,
  seaweedfs,
  ceph,
  b2,
  gcs,
  cloudfront,
};
