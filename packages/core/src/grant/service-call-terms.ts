/** What a service's own call is on the wire. Source: Amazon S3 API reference, page of each operation. */
import { checkVersionId } from '../signing/check-parameters.ts';
import { checkUploadId } from './check-upload-id.ts';
import type { ServiceCall } from './service-call.ts';
import { toChecksumHeader } from './signed-terms.ts';

/** Keys, parts or uploads in one answer: the most that S3 gives. */
const pageSize = '1000';

/** The parts of a call that are signed. */
export interface ServiceCallTerms {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly bucket: string;
  /** Empty for a call to the bucket. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/**
 * The terms of a call.
 * @throws ValetkeyError `version-required`, `upload-not-found`, `checksum-required` for malformed values
 */
export function toServiceCallTerms(call: ServiceCall): ServiceCallTerms {
  switch (call.kind) {
    case 'head':
      checkVersionId(call.versionId);
      return {
        method: 'HEAD',
        ...placeOf(call),
        headers: call.checksum === true ? { 'x-amz-checksum-mode': 'ENABLED' } : {},
        query: call.versionId === undefined ? {} : { versionId: call.versionId },
      };
    case 'list':
      return { method: 'GET', bucket: call.bucket, key: '', headers: {}, query: toListQuery(call) };
    case 'create-multipart':
      return {
        method: 'POST',
        ...placeOf(call.grant),
        headers: toCreateHeaders(call),
        query: { uploads: '' },
      };
    case 'list-parts':
      return { method: 'GET', ...placeOf(call), headers: {}, query: toPartsQuery(call) };
    case 'list-uploads':
      return {
        method: 'GET',
        bucket: call.bucket,
        key: '',
        headers: {},
        query: { uploads: '', 'encoding-type': 'url', 'max-uploads': pageSize, prefix: call.prefix },
      };
    case 'complete-multipart':
      return {
        method: 'POST',
        ...placeOf(call),
        headers: toCompleteHeaders(call),
        query: { uploadId: checkUploadId(call.uploadId) },
      };
    case 'abort-multipart':
      return {
        method: 'DELETE',
        ...placeOf(call),
        headers: {},
        query: { uploadId: checkUploadId(call.uploadId) },
      };
  }
}

function placeOf({ bucket, key }: { readonly bucket: string; readonly key: string }) {
  return { bucket, key };
}

function toListQuery({ prefix, cursor }: ServiceCall & { kind: 'list' }): Readonly<Record<string, string>> {
  return {
    'list-type': '2',
    'encoding-type': 'url',
    delimiter: '/',
    'max-keys': pageSize,
    prefix,
    ...(cursor === undefined ? {} : { 'continuation-token': cursor }),
  };
}

function toPartsQuery({ uploadId, after }: ServiceCall & { kind: 'list-parts' }) {
  return {
    'max-parts': pageSize,
    uploadId: checkUploadId(uploadId),
    ...(after === undefined ? {} : { 'part-number-marker': after }),
  };
}

/** All that is said of the object, and nothing that is said of a body: the parts say that. */
function toCreateHeaders({ grant, checksum }: ServiceCall & { kind: 'create-multipart' }) {
  const ofObject = Object.entries(grant.headers).filter(
    ([name]) => name !== 'content-length' && name !== 'if-none-match' && !name.startsWith('x-amz-checksum-'),
  );
  return {
    ...Object.fromEntries(ofObject),
    ...(checksum === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type }),
  };
}

function toCompleteHeaders(call: ServiceCall & { kind: 'complete-multipart' }) {
  return {
    ...(call.onlyIfAbsent === true ? { 'if-none-match': '*' } : {}),
    ...toChecksumHeader(call.checksum),
    ...(call.checksumType === undefined ? {} : { 'x-amz-checksum-type': call.checksumType }),
    // The store refuses a sum of other length before it replaces anything.
    ...(call.bytes === undefined ? {} : { 'x-amz-mp-object-size': String(call.bytes) }),
  };
}
