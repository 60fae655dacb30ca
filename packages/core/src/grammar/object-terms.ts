/**
 * Checksums S3 verifies on arrival.
 * @public
 */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

/**
 * What a PUT promises; all of it is signed, and the client must send it exactly.
 * @public
 */
export interface UploadTerms {
  /** Bytes. */
  readonly contentLength?: number | undefined;
  readonly contentType?: string | undefined;
  /** Digest in base64. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  /** Names without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** `*`: only if the object does not exist yet. */
  readonly ifNoneMatch?: '*' | undefined;
  /**
   * Marks the object as this upload's own: 32 hex digits, signed as `x-amz-meta-valetkey-upload`. Set by
   * services, never by a client.
   */
  readonly uploadMarker?: string | undefined;
}

/**
 * Headers with which the store answers instead of those it keeps; GET and HEAD only.
 * @public
 */
export interface ResponseTerms {
  readonly contentType?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly cacheControl?: string | undefined;
}
