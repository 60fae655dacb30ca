/** What page and Worker say to each other. */

/** Algorithms that the Worker knows; a store is never asked for the last. */
export type WorkerAlgorithm = 'CRC64NVME' | 'CRC32C' | 'SHA256' | 'MD5';

export type WorkerRequest =
  | {
      readonly kind: 'digest';
      readonly id: number;
      readonly algorithm: WorkerAlgorithm;
      readonly bytes: Blob;
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type WorkerAnswer =
  /** It runs, and is what it should be. */
  | { readonly kind: 'ready' }
  | { readonly id: number; readonly kind: 'digest'; readonly digest: Uint8Array }
  /** The file could not be read. */
  | { readonly id: number; readonly kind: 'failed'; readonly name: string; readonly message: string };
