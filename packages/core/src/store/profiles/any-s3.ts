import type { StoreProfile } from '../profile.ts';

/** Any store that speaks S3: promises only what every one of them does. */
export const s3: StoreProfile = {
  name: 's3',
  addressing: 'path',
  conditionalWrites: false,
  postForms: false,
  versions: false,
  slashes: 'collapsed',
  signedContentLength: false,
  checksums: [],
  fullObjectChecksums: [],
};
