import type { ProfileName, StoreProfile } from './profile.ts';

/** What `s3` promises holds for every S3-compatible store; the others say what is known beyond it. */
const anyStore = {
  addressing: 'path',
  conditionalWrites: false,
  postForms: false,
  slashes: 'collapsed',
} as const satisfies Omit<StoreProfile, 'name'>;

/**
 * The known vendors.
 * @public
 */
export const storeProfiles: Readonly<Record<ProfileName, StoreProfile>> = {
  aws: {
    name: 'aws',
    addressing: 'by-bucket',
    endpoint: (region) => `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
    conditionalWrites: true,
    postForms: true,
    slashes: 'exact',
  },
  s3: { name: 's3', ...anyStore },
  r2: { name: 'r2', ...anyStore, defaultRegion: 'auto', conditionalWrites: true, slashes: 'exact' },
  minio: { name: 'minio', ...anyStore, defaultRegion: 'us-east-1', conditionalWrites: true, postForms: true },
  seaweedfs: {
    name: 'seaweedfs',
    ...anyStore,
    defaultRegion: 'us-east-1',
    conditionalWrites: true,
    postForms: true,
  },
  ceph: { name: 'ceph', ...anyStore, conditionalWrites: true, postForms: true },
  b2: {
    name: 'b2',
    ...anyStore,
    endpoint: (region) => `https://s3.${region}.backblazeb2.com`,
    slashes: 'exact',
  },
  gcs: {
    name: 'gcs',
    ...anyStore,
    defaultRegion: 'auto',
    endpoint: () => 'https://storage.googleapis.com',
    postForms: true,
    slashes: 'exact',
  },
};
