/**
 * What a client asks of an upload or a download, as the headers and query parameters that are signed:
 * what is promised is signed, so nobody between can change it.
 */
import { ValetkeyError } from '../errors.ts';
import { parseMetadata } from '../grammar/metadata.ts';
import { quote } from '../grammar/quote.ts';
import type { ResponseTerms, UploadTerms } from '../grammar/object-terms.ts';
import { encodeWord } from './encoded-word.ts';

/**
 * The header that says which upload made an object.
 * @public
 */
export const uploadMarkerHeader = 'x-amz-meta-valetkey-upload';

// Source: Amazon S3 API Reference, GetObject, "Overriding response header values through the request".
const responseParameters = [
  ['contentType', 'response-content-type'],
  ['contentDisposition', 'response-content-disposition'],
  ['cacheControl', 'response-cache-control'],
  ['contentEncoding', 'response-content-encoding'],
  ['contentLanguage', 'response-content-language'],
  ['expires', 'response-expires'],
] as const;

const nothing: Readonly<Record<string, string>> = Object.freeze({});
const checksumBytes = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 } as const;

/**
 * Headers that the client of a PUT must send.
 * @throws ValetkeyError `invalid-metadata`, `size-not-bounded`
 */
export function toSignedHeaders(upload: UploadTerms | undefined): Readonly<Record<string, string>> {
  if (upload === undefined) return nothing;
  const headers: Record<string, string> = {};
  if (upload.contentLength !== undefined) headers['content-length'] = toContentLength(upload.contentLength);
  if (upload.contentType !== undefined) headers['content-type'] = upload.contentType;
  if (upload.cacheControl !== undefined) headers['cache-control'] = upload.cacheControl;
  if (upload.contentDisposition !== undefined) headers['content-disposition'] = upload.contentDisposition;
  if (upload.ifNoneMatch !== undefined) headers['if-none-match'] = upload.ifNoneMatch;
  Object.assign(headers, toChecksumHeader(upload.checksum));
  if (upload.metadata !== undefined) {
    const metadata = parseMetadata(upload.metadata, 'metadata');
    for (const [name, value] of Object.entries(metadata)) headers[`x-amz-meta-${name}`] = encodeWord(value);
  }
  if (upload.uploadMarker !== undefined) headers[uploadMarkerHeader] = toMarker(upload.uploadMarker);
  return headers;
}

/**
 * The header of a digest, for a whole object or a part.
 * @throws ValetkeyError `checksum-required` for a digest of another length than the algorithm's
 */
export function toChecksumHeader(checksum: UploadTerms['checksum']): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  const { algorithm, value } = checksum;
  return { [`x-amz-checksum-${algorithm.toLowerCase()}`]: checkDigest(algorithm, value) };
}

function toMarker(marker: string): string {
  if (/^[0-9a-f]{32}$/.test(marker)) return marker;
  throw new ValetkeyError('invalid-metadata', {
    field: 'uploadMarker',
    expected: '16 bytes as hex digits',
    got: quote(marker),
  });
}

/** Query parameters that make the store answer with other headers than it keeps. */
export function toSignedQuery(response: ResponseTerms | undefined): Readonly<Record<string, string>> {
  if (response === undefined) return nothing;
  const query: Record<string, string> = {};
  for (const [term, parameter] of responseParameters) {
    const value = response[term];
    if (value !== undefined) query[parameter] = value;
  }
  return query;
}

function toContentLength(bytes: number): string {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return String(bytes);
  throw new ValetkeyError('size-not-bounded', {
    field: 'contentLength',
    expected: 'a whole number of bytes',
    got: quote(bytes),
  });
}

function checkDigest(algorithm: keyof typeof checksumBytes, value: string): string {
  const characters = Math.ceil(checksumBytes[algorithm] / 3) * 4;
  if (value.length === characters && /^[A-Za-z0-9+/]+={0,2}$/.test(value)) return value;
  throw new ValetkeyError('checksum-required', {
    field: 'checksum',
    expected: `a ${algorithm} digest of ${checksumBytes[algorithm]} bytes in base64`,
    got: quote(value),
  });
}
