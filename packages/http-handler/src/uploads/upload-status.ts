import type { Subject } from '@valetkey/core';
import type { StatusResponse, StoredPart, UploadIdsRequest } from '@valetkey/protocol';

import { answerEach, askStore, type Call } from '../batch.ts';
import { toServerTime } from '../presigned-request.ts';
import type { ServiceContext } from '../service-context.ts';
import { listParts, type ListedPart } from '../store/list-parts.ts';
import { latestParts } from './choose-parts.ts';
import { readClaims, readUpload, type OpenUpload } from './open-upload.ts';
import { isMultipart, type MultipartClaims } from './upload-token.ts';
import { verdictOf } from './verdict-of.ts';

type Standing = Exclude<StatusResponse['items'][number], { problem: unknown }>;

/** Where uploads stand, by what the store shows. */
export async function uploadStatus(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<StatusResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }): Promise<Standing> => {
    const { claims, isExpired } = await readClaims(context, subject, id);
    const { bytes, multipart } = claims;
    const size = multipart === undefined ? { bytes } : { bytes, partBytes: multipart.partBytes };
    if (isExpired) return { status: 'expired', ...size };
    const upload = await readUpload(context, subject, id, counted);
    const standing = await askStore(context, call, claims.store, () => standingOf(context, upload));
    return { ...standing, ...size };
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

async function standingOf(
  context: ServiceContext,
  upload: OpenUpload,
): Promise<Pick<Standing, 'status' | 'parts'>> {
  const { claims, entry } = upload;
  if (isMultipart(claims)) {
    const { key, multipart } = claims;
    const place = { bucket: entry.bucket, key, uploadId: multipart.uploadId };
    const listed = await listParts(place, entry.target, context.call());
    if (listed !== undefined) return { status: 'open', parts: toStored(listed, claims) };
  }
  const { kind } = await verdictOf(context, upload);
  if (kind === 'completed' || kind === 'superseded') return { status: kind };
  // A PUT can still come; parts of an upload that the store no longer knows cannot.
  return { status: isMultipart(claims) ? 'aborted' : 'open' };
}

function toStored(
  listed: readonly ListedPart[],
  { multipart: { partChecksum } }: MultipartClaims,
): StoredPart[] {
  return latestParts(listed).map(({ partNumber, bytes, etag, checksums }) => {
    const value = partChecksum && checksums[partChecksum];
    return {
      partNumber,
      bytes,
      etag,
      ...(partChecksum && value ? { checksum: { algorithm: partChecksum, value } } : {}),
    };
  });
}
