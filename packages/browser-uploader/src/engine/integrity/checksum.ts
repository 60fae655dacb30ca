import type { NewFile } from '@valetkey/protocol';

/** Algorithms of S3. @public */
export type ChecksumAlgorithm = NonNullable<NewFile['checksum']>['algorithm'];

/**
 * How the engine has bytes summed, so that the store can check what arrives.
 * @public
 */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /**
   * Base64 of a file or a slice of one, read piece by piece. Rejects with the signal's reason, or with what the
   * browser says when the file cannot be read (`NotReadableError`); that of `createChecksum` with an `UploadError`
   * `invalid-configuration` when the Worker does not start, with what it met and what to do.
   */
  readonly digest: (bytes: Blob, signal: AbortSignal) => Promise<string>;
  /**
   * Base64 of the whole out of the parts' digests in their order, for an algorithm that allows it (the CRCs).
   * Absent for others.
   */
  readonly combine?:
    | ((parts: readonly { readonly value: string; readonly bytes: number }[]) => string)
    | undefined;
}
