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
  /** The object comes in parts, each with a digest of its own by this algorithm; signed with each part. */
  readonly partChecksum?: ChecksumAlgorithm | undefined;
  /** Names without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** What the object is served with; printable ASCII. */
  readonly cacheControl?: string | undefined;
  /** What the object is served with; printable ASCII. */
  readonly contentDisposition?: string | undefined;
  /** `*`: only if the object does not exist yet. */
  readonly ifNoneMatch?: '*' | undefined;
  /**
   * Marks the object as this upload's own: 32 hex digits, signed as `x-amz-meta-valetkey-upload`. Set by
   * services, never by a client.
   */
  readonly uploadMarker?: string | undefined;
}

/**
 * What an upload may promise beside {@link UploadTerms} when its owner signs it: no policy speaks of these, so
 * no policy allows them.
 * @public
 */
export interface OwnerUploadTerms extends UploadTerms {
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  /** The ETag of the object that may be replaced: nothing is stored if another one is there. */
  readonly ifMatch?: string | undefined;
  readonly serverSideEncryption?: ServerSideEncryption | undefined;
  /** At most ten. */
  readonly tagging?: Readonly<Record<string, string>> | undefined;
  /** Needs a checksum, as S3 demands it. */
  readonly objectLock?: ObjectLock | undefined;
  /** The account that must own the bucket: twelve digits. */
  readonly expectedBucketOwner?: string | undefined;
}

/**
 * How the store encrypts an object.
 * @public
 */
export type ServerSideEncryption =
  | { readonly algorithm: 'AES256' }
  | {
      readonly algorithm: 'aws:kms' | 'aws:kms:dsse';
      /** Id or ARN. @default the account's own for S3 */
      readonly keyId?: string | undefined;
      /** @default as the bucket is configured */
      readonly bucketKeyEnabled?: boolean | undefined;
    };

/**
 * Until when nobody may delete a version.
 * @public
 */
export interface ObjectLock {
  readonly retention?:
    | { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; /** RFC 3339 */ readonly retainUntil: string }
    | undefined;
  readonly legalHold?: boolean | undefined;
}

/**
 * Headers with which the store answers instead of those it keeps; GET and HEAD only.
 * @public
 */
export interface ResponseTerms {
  readonly contentType?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  /** An HTTP date: `Wed, 25 Nov 2026 18:00:00 GMT`. */
  readonly expires?: string | undefined;
}
