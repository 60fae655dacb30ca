/**
 * What a store would answer, as an address that answers it. The stock plugin begins, lists, completes and aborts
 * multipart uploads by requests of its own; here the service has done so by the time the plugin asks, and the plugin
 * reads the outcome from a `data:` URL. No request that could write anything else is ever signed.
 */

/** Answer to CreateMultipartUpload. */
export function createdAnswer(uploadId: string): string {
  return answer(
    `<InitiateMultipartUploadResult>${element('UploadId', uploadId)}</InitiateMultipartUploadResult>`,
  );
}

/** Answer to CompleteMultipartUpload. */
export function completedAnswer(object: { location: string; key: string; etag: string }): string {
  const { location, key, etag } = object;
  const inside = `${element('Location', location)}${element('Key', key)}${element('ETag', etag)}`;
  return answer(`<CompleteMultipartUploadResult>${inside}</CompleteMultipartUploadResult>`);
}

/** Answer to ListParts. */
export function listedAnswer(parts: readonly { partNumber: number; etag: string }[]): string {
  const listed = parts.map(
    ({ partNumber, etag }) =>
      `<Part>${element('PartNumber', String(partNumber))}${element('ETag', etag)}</Part>`,
  );
  return answer(`<ListPartsResult>${listed.join('')}</ListPartsResult>`);
}

/** Answer to AbortMultipartUpload. */
export function abortedAnswer(): string {
  return answer('<Aborted/>');
}

function answer(xml: string): string {
  return `data:application/xml;charset=utf-8,${encodeURIComponent(xml)}`;
}

function element(name: string, text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return `<${name}>${escaped}</${name}>`;
}
