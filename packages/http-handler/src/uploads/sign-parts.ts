import {
  planMultipart,
  presignPart,
  rangeOfPart,
  ValetkeyError,
  type SigningCredentials,
  type Subject,
} from '@valetkey/core';
import type { PartRequest, PartsRequest, PartsResponse } from '@valetkey/protocol';

import { answerEach, type Call } from '../batch.ts';
import { toRequest, toServerTime } from '../presigned-request.ts';
import type { ServiceContext } from '../service-context.ts';
import { readUpload, type OpenUpload } from './open-upload.ts';
import { isMultipart, type MultipartClaims } from './upload-token.ts';

/** Requests for parts, for the first time or anew. The store is not asked. */
export async function partRequests(
  context: ServiceContext,
  subject: Subject,
  { items }: PartsRequest,
  call: Call,
): Promise<PartsResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id, partNumbers, checksums }) => {
    const upload = await readUpload(context, subject, id, counted);
    const { claims, entry } = upload;
    if (!isMultipart(claims)) {
      throw new ValetkeyError('part-out-of-range', {
        field: 'id',
        expected: 'an upload in parts',
        got: 'one in one piece, whose request is signed by /v1/uploads/sign',
      });
    }
    const credentials = await entry.target.credentials();
    return { parts: signParts(context, { ...upload, claims }, { partNumbers, checksums }, credentials) };
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

/**
 * Signs parts of an upload's plan.
 * @throws ValetkeyError `part-out-of-range`, `checksum-required`, `invalid-body`
 */
export function signParts(
  { clock }: ServiceContext,
  { claims, entry, grant }: OpenUpload & { readonly claims: MultipartClaims },
  asked: {
    readonly partNumbers: readonly number[];
    readonly checksums: readonly string[] | undefined;
  },
  credentials: SigningCredentials,
): PartRequest[] {
  const { uploadId, partBytes, partChecksum } = claims.multipart;
  const plan = planMultipart(claims.bytes, partBytes);
  checkChecksums(claims, asked);
  return asked.partNumbers.map((partNumber, index) => {
    const { bytes } = rangeOfPart(plan, partNumber);
    const value = asked.checksums?.[index];
    const checksum =
      partChecksum === undefined || value === undefined ? undefined : { algorithm: partChecksum, value };
    const url = presignPart(grant, { uploadId, partNumber, bytes, checksum }, credentials, {
      store: entry.target.store,
      nowMs: clock.now(),
    });
    return { partNumber, bytes, ...toRequest(url, 'PUT') };
  });
}

function checkChecksums(
  { multipart: { partChecksum } }: MultipartClaims,
  {
    partNumbers,
    checksums,
  }: { readonly partNumbers: readonly number[]; readonly checksums: readonly string[] | undefined },
): void {
  if (partChecksum === undefined && checksums !== undefined) {
    throw new ValetkeyError('invalid-body', {
      field: 'checksums',
      expected: 'none, since the upload began without an algorithm',
      got: `${checksums.length}`,
    });
  }
  if (partChecksum !== undefined && partNumbers.length > 0 && checksums?.length !== partNumbers.length) {
    throw new ValetkeyError('checksum-required', {
      field: 'checksums',
      expected: `a ${partChecksum} digest for each of ${partNumbers.length} part numbers`,
      got: `${checksums?.length ?? 0}`,
    });
  }
}
