import type { StoreProfile } from '../profile.ts';

/** Cloudflare R2. Source: developers.cloudflare.com/r2/api/s3. */
export const r2: StoreProfile = {
  name: 'r2',
  addressing: 'path',
  // "S3 API compatibility", "Bucket region".
  defaultRegion: 'auto',
  // "Conditional operations": PutObject takes If-Match and If-None-Match.
  conditionalWrites: true,
  // "Presigned URLs": POST, multipart form uploads by HTML forms, is not supported.
  postForms: false,
  // "S3 API compatibility": GetBucketVersioning and ListObjectVersions are not implemented.
  versions: false,
  slashes: 'exact',
  signedContentLength: true,
  // "S3 API compatibility", "Checksum Types": CRC-64/NVME of the full object, the others composite.
  checksums: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
  fullObjectChecksums: ['CRC64NVME'],
};
