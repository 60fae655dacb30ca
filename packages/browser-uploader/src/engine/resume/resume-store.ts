/** What an upload has to be remembered by, so that it can go on after a reload or a crash. */

import type { ChecksumAlgorithm } from '../integrity/checksum.ts';

/**
 * An upload that was begun and is not complete.
 * @public
 */
export interface ResumableUpload {
  /** The service's token of the upload: a secret of the subject that began it. */
  readonly id: string;
  /** What the upload was begun with; the same nonce and file give the same key again. */
  readonly nonce: string;
  readonly name: string;
  /** Content type as it was declared. */
  readonly type: string;
  readonly bytes: number;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly contentDisposition?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** What the store checks of it on arrival. */
  readonly algorithm?: ChecksumAlgorithm | undefined;
  readonly key: string;
  /** Bytes of every part but the last; absent for a file that goes up in one piece. */
  readonly partBytes?: number | undefined;
  /** End of the upload session, RFC 3339. Of no use after it. */
  readonly expiresAt: string;
}

/**
 * An upload that this page has taken.
 * @public
 */
export interface TakenUpload extends ResumableUpload {
  /**
   * No other page can be at it, nor come to be at it before this one lets it go: what cannot be gone on with is taken
   * away in the store. @default unknown: it is left to the bucket's lifecycle rule
   */
  readonly isExclusive?: boolean | undefined;
}

/**
 * Whose upload it is. The fingerprint of the same file differs between scopes.
 * @public
 */
export interface ResumeScope {
  readonly endpoint: string;
  readonly policy: string;
}

/**
 * Where unfinished uploads are remembered. The engine puts an entry when an upload has begun and deletes it when
 * the upload has come to its end. A store that fails never fails an upload: it goes on without being remembered.
 * @public
 */
export interface ResumeStore {
  /** The same for the same file: size, lastModified, first and last slice, within a scope. */
  readonly fingerprint: (file: Blob, scope: ResumeScope) => Promise<string>;
  /** Undefined when nothing is known, or what was known has expired. */
  readonly get: (fingerprint: string) => Promise<TakenUpload | undefined>;
  readonly put: (fingerprint: string, upload: ResumableUpload) => Promise<void>;
  /** Fine when there is none. */
  readonly delete: (fingerprint: string) => Promise<void>;
}
