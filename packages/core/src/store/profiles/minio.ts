import type { StoreProfile } from '../profile.ts';

/** MinIO and its forks. Source: the server's code. */
export const minio: StoreProfile = {
  name: 'minio',
  addressing: 'path',
  defaultRegion: 'us-east-1',
  // cmd/object-handlers-common.go, `checkPreconditionsPUT`.
  conditionalWrites: true,
  // cmd/bucket-handlers.go, `PostPolicyBucketHandler`.
  postForms: true,
  // cmd/bucket-versioning-handler.go.
  versions: true,
  // cmd/object-api-utils.go, `IsValidObjectPrefix`: `//` is refused.
  slashes: 'collapsed',
  signedContentLength: true,
  // internal/hash/checksum.go: these five, and CRC-64/NVME always of the full object.
  checksums: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
  fullObjectChecksums: ['CRC64NVME'],
};
