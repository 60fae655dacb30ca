import type { UploadTerms } from '@valetkey/core';

import type { UploadClaims } from './upload-token.ts';

/** What the PUT of an upload promises, all of it signed. */
export function uploadTermsOf({
  bytes,
  type,
  marker,
  checksum,
  metadata,
}: Pick<UploadClaims, 'bytes' | 'type' | 'marker' | 'checksum' | 'metadata'>): UploadTerms {
  return { contentLength: bytes, contentType: type, uploadMarker: marker, checksum, metadata };
}
