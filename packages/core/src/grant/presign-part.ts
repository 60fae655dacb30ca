import { ValetkeyError } from '../errors.ts';
import type { ChecksumAlgorithm } from '../grammar/object-terms.ts';
import { quote } from '../grammar/quote.ts';
import { maxParts, partBounds } from '../policy/part-size.ts';
import { checkCredentials } from '../signing/check-credentials.ts';
import type { SigningCredentials } from '../signing/credentials.ts';
import { presignObject } from '../signing/presign-object.ts';
import type { PresignedUrl } from '../signing/presigned-url.ts';
import { checkSigV4 } from './check-store.ts';
import { checkUploadId } from './check-upload-id.ts';
import { grantBounds } from './grant-bounds.ts';
import type { Grant } from './grant.ts';
import type { PresignOptions } from './presign.ts';
import { toChecksumHeader } from './signed-terms.ts';

/**
 * One part of an upload that was created in the store.
 * @public
 */
export interface PartTerms {
  readonly uploadId: string;
  /** 1…10,000. */
  readonly partNumber: number;
  /** The part's exact size, signed. */
  readonly bytes: number;
  /** The part's digest in base64, signed; the store refuses other bytes. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

/**
 * The URL that puts one part of a granted upload. Upload, part number, exact size and any checksum are signed;
 * the object's own headers were when the upload was created. Pure: the same part can be signed any number of
 * times.
 * @throws ValetkeyError `method-not-allowed` for a grant that is no PUT, `part-out-of-range`, `upload-not-found`,
 * `checksum-required` for a malformed digest, and what `presign` throws
 * @public
 */
export function presignPart(
  grant: Grant,
  { uploadId, partNumber, bytes, checksum }: PartTerms,
  credentials: SigningCredentials,
  { store, ...time }: PresignOptions,
): PresignedUrl {
  checkSigV4(store, grant.bucket);
  checkCredentials(credentials);
  checkPart(grant, partNumber, bytes);
  return presignObject(
    {
      method: 'PUT',
      endpoint: store.publicEndpoint,
      addressing: store.addressing,
      region: store.region,
      bucket: grant.bucket,
      key: grant.key,
      headers: { 'content-length': String(bytes), ...toChecksumHeader(checksum) },
      query: { partNumber: String(partNumber), uploadId: checkUploadId(uploadId) },
      lifetime: grantBounds(grant, store, credentials),
    },
    credentials,
    time,
  );
}

function checkPart(grant: Grant, partNumber: number, bytes: number): void {
  if (grant.method !== 'PUT') {
    throw new ValetkeyError('method-not-allowed', { field: 'method', expected: 'PUT', got: grant.method });
  }
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > maxParts) {
    throw new ValetkeyError('part-out-of-range', {
      field: 'partNumber',
      expected: `a whole number from 1 to ${maxParts}`,
      got: quote(partNumber),
    });
  }
  const most = Math.min(partBounds.max, Number(grant.headers['content-length'] ?? partBounds.max));
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > most) {
    throw new ValetkeyError('part-out-of-range', {
      field: 'bytes',
      expected: `from 1 to ${most} bytes`,
      got: quote(bytes),
    });
  }
}
