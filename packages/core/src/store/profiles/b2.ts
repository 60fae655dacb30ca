import type { StoreProfile } from '../profile.ts';

/** Backblaze B2. Source: backblaze.com/docs/cloud-storage-s3-compatible-api. */
export const b2: StoreProfile = {
  name: 'b2',
  addressing: 'path',
  // "Call the S3-Compatible API", "Endpoints".
  endpoint: (region) => `https://s3.${region}.backblazeb2.com`,
  conditionalWrites: false,
  // POST Object is not among the supported calls.
  postForms: false,
  // "Versioning": always on.
  versions: true,
  slashes: 'exact',
  signedContentLength: true,
  // The documentation promises none.
  checksums: [],
  fullObjectChecksums: [],
};
