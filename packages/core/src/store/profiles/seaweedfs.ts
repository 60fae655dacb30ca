import type { StoreProfile } from '../profile.ts';

/** SeaweedFS. Source: what the release of the test engines does, see `test/profile-facts.test.ts`. */
export const seaweedfs: StoreProfile = {
  name: 'seaweedfs',
  addressing: 'path',
  defaultRegion: 'us-east-1',
  conditionalWrites: true,
  postForms: true,
  versions: true,
  slashes: 'collapsed',
  signedContentLength: true,
  checksums: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
  fullObjectChecksums: [],
};
