import type { StoreProfile } from '../profile.ts';

/** Google Cloud Storage by its XML API with HMAC keys. Source: cloud.google.com/storage/docs/xml-api. */
export const gcs: StoreProfile = {
  name: 'gcs',
  addressing: 'path',
  defaultRegion: 'auto',
  endpoint: () => 'https://storage.googleapis.com',
  // "Request preconditions": `x-goog-if-generation-match` instead of If-None-Match.
  conditionalWrites: false,
  // "POST Object".
  postForms: true,
  // "Versioning": generations, named by `generation` and not by `versionId`.
  versions: false,
  slashes: 'exact',
  signedContentLength: true,
  // "x-goog-hash" instead of `x-amz-checksum-*`.
  checksums: [],
  fullObjectChecksums: [],
};
