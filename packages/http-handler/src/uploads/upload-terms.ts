import type { ChecksumAlgorithm, Subject, UploadTerms } from '@valetkey/core';

import type { UploadClaims } from './upload-token.ts';

type Declared = Pick<
  UploadClaims,
  'bytes' | 'type' | 'marker' | 'checksum' | 'metadata' | 'contentDisposition' | 'cacheControl'
> & {
  readonly partChecksum?: ChecksumAlgorithm | undefined;
};

/** What the PUT of an upload promises, all of it signed. */
export function uploadTermsOf(declared: Declared): UploadTerms {
  const { bytes, type, marker, checksum, partChecksum, metadata, contentDisposition, cacheControl } =
    declared;
  return {
    contentLength: bytes,
    contentType: type,
    uploadMarker: marker,
    checksum,
    partChecksum,
    metadata,
    contentDisposition,
    cacheControl,
  };
}

/** What is asked of the policy, again, at every use of an upload's id. */
export function putTerms(subject: Subject, claims: UploadClaims) {
  const upload = uploadTermsOf({ ...claims, partChecksum: claims.multipart?.partChecksum });
  return { subject, method: 'PUT', key: claims.key, upload } as const;
}
