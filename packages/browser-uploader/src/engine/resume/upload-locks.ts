/**
 * One tab at a time continues an upload. A lock of the browser ends with the page that holds it, also when that
 * crashes. Where there are no Web Locks (http origins), every tab has its way: parts are sent twice then, and the
 * service still assembles what was declared.
 */
export interface UploadLocks {
  /** Whether no other tab can have what this one has taken. */
  readonly areThere: () => boolean;
  /** Whether this page has the upload now; taking it again is fine. */
  readonly take: (fingerprint: string) => Promise<boolean>;
  readonly holds: (fingerprint: string) => boolean;
  readonly release: (fingerprint: string) => void;
}

export function createUploadLocks(): UploadLocks {
  const held = new Map<string, () => void>();
  const locksOfPage = () => globalThis.navigator?.locks;
  return {
    areThere: () => locksOfPage() !== undefined,
    take: (fingerprint) => {
      if (held.has(fingerprint)) return Promise.resolve(true);
      const locks = locksOfPage();
      if (locks === undefined) {
        held.set(fingerprint, () => undefined);
        return Promise.resolve(true);
      }
      return new Promise((resolve, reject) => {
        const name = `valetkey-upload:${fingerprint}`;
        const whileHeld = (lock: Lock | null) => {
          resolve(lock !== null);
          if (lock === null) return undefined;
          return new Promise<void>((release) => held.set(fingerprint, release));
        };
        locks.request(name, { ifAvailable: true }, whileHeld).catch(reject);
      });
    },
    holds: (fingerprint) => held.has(fingerprint),
    release: (fingerprint) => {
      held.get(fingerprint)?.();
      held.delete(fingerprint);
    },
  };
}
