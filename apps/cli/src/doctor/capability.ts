import type { StoreProfile } from '@valetkey/core';

/** What a store can do or not, and a profile promises or not. */
type CapabilityName =
  | 'conditionalWrites'
  | 'postForms'
  | 'versions'
  | 'exactSlashes'
  | 'exactLengths'
  | 'sha256';

/** What the store was seen to do; what could not be seen is absent. */
export type Observed = Readonly<Partial<Record<CapabilityName, boolean>>>;

/** A capability in words, and what a profile says of it. */
export interface Capability {
  readonly name: CapabilityName;
  readonly words: string;
  readonly isPromised: (profile: StoreProfile) => boolean;
}

/** All that is compared. */
export const capabilities: readonly Capability[] = [
  {
    name: 'conditionalWrites',
    words: 'conditional writes',
    isPromised: ({ conditionalWrites }) => conditionalWrites,
  },
  { name: 'postForms', words: 'POST forms', isPromised: ({ postForms }) => postForms },
  { name: 'versions', words: 'pinned versions', isPromised: ({ versions }) => versions },
  { name: 'exactSlashes', words: 'exact slashes', isPromised: ({ slashes }) => slashes === 'exact' },
  {
    name: 'exactLengths',
    words: 'exact lengths',
    isPromised: ({ signedContentLength }) => signedContentLength,
  },
  {
    name: 'sha256',
    words: 'SHA-256 checksums',
    isPromised: ({ checksums }) => checksums.includes('SHA256'),
  },
];
