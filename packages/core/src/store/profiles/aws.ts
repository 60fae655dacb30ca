import { awsEndpoint } from '../aws-endpoint.ts';
import type { StoreProfile } from '../profile.ts';

/** Amazon S3. */
export const aws: StoreProfile = {
  name: 'aws',
  addressing: 'by-bucket',
  endpoint: awsEndpoint,
  // User Guide, "How to prevent object overwrites with conditional writes".
  conditionalWrites: true,
  // API Reference, "POST Object".
  postForms: true,
  // User Guide, "Retaining multiple versions of objects with S3 Versioning".
  versions: true,
  // User Guide, "Naming Amazon S3 objects": a key is a flat name, slashes are characters of it.
  slashes: 'exact',
  // API Reference, "Authenticating Requests: Using Query Parameters": signed headers must be sent as signed.
  signedContentLength: true,
  // User Guide, "Checking object integrity for data uploads": algorithms, and their full-object and composite types.
  checksums: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
  fullObjectChecksums: ['CRC32', 'CRC32C', 'CRC64NVME'],
};
