import type { StoreProfile } from '../profile.ts';

/** Ceph Object Gateway. Source: docs.ceph.com/en/latest/radosgw/s3, and src/rgw. */
export const ceph: StoreProfile = {
  name: 'ceph',
  addressing: 'path',
  // src/rgw/rgw_op.cc, `RGWPutObj`: `if_match` and `if_nomatch`.
  conditionalWrites: true,
  // "Object Operations", "POST Object".
  postForms: true,
  // "S3 API", "Features Support": Bucket Object Versions.
  versions: true,
  slashes: 'collapsed',
  signedContentLength: true,
  // Verified by releases since Squid only, so not promised.
  checksums: [],
  fullObjectChecksums: [],
};
