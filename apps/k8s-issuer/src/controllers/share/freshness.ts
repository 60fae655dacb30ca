import type { Share } from '@valetkey/share';

/** Remembers what was last written, so that a cache that lags behind does not make it be written again. */
export interface Freshness {
  wrote(key: string, share: Share, resourceVersion: string): void;
  /** Whether the cached Share is older than our last write to it. */
  isStale(key: string, share: Share): boolean;
  forget(key: string): void;
}

export function createFreshness(): Freshness {
  const written = new Map<string, { readonly uid: string | undefined; readonly version: bigint }>();
  return {
    wrote: (key, share, resourceVersion) =>
      void written.set(key, { uid: share.metadata.uid, version: BigInt(resourceVersion) }),
    isStale: (key, { metadata }) => {
      const last = written.get(key);
      if (last === undefined || last.uid !== metadata.uid) return false;
      return BigInt(metadata.resourceVersion ?? '0') < last.version;
    },
    forget: (key) => void written.delete(key),
  };
}
