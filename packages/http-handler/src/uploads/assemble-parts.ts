import { planMultipart, ValetkeyError, type ErrorCode } from '@valetkey/core';
import type { CompleteRequest } from '@valetkey/protocol';

import type { ServiceContext } from '../service-context.ts';
import { completeMultipart, type CompletionAnswer } from '../store/complete-multipart.ts';
import { checksumTypeOf } from '../store/create-multipart.ts';
import { listParts, type ListedPart } from '../store/list-parts.ts';
import { toRefusal } from '../store/store-refusal.ts';
import { chooseParts } from './choose-parts.ts';
import type { OpenUpload } from './open-upload.ts';
import type { MultipartClaims } from './upload-token.ts';
import { verdictOf } from './verdict-of.ts';

type Item = CompleteRequest['items'][number];
type Upload = OpenUpload & { readonly claims: MultipartClaims };

/** Error codes of S3's CompleteMultipartUpload that say something of the upload. */
const meanings: Readonly<Record<string, ErrorCode>> = {
  PreconditionFailed: 'already-exists',
  EntityTooSmall: 'size-mismatch',
  EntityTooLarge: 'size-mismatch',
  InvalidPart: 'checksum-mismatch',
  BadDigest: 'checksum-mismatch',
  XAmzContentChecksumMismatch: 'checksum-mismatch',
};

/**
 * Asks the store to make the object of its parts. Returns why it did not, for the case that a HEAD does not find
 * it either: an answer may be lost, or come twice, and none of them decides.
 * @throws ValetkeyError `store-unavailable` when the parts cannot be listed, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function assembleParts(
  context: ServiceContext,
  upload: Upload,
  item: Item,
): Promise<ValetkeyError | undefined> {
  const { claims, entry } = upload;
  const { uploadId } = claims.multipart;
  const place = { bucket: entry.bucket, key: claims.key, uploadId };
  const listed = await listParts(place, entry.target, context.call());
  // Complete, given up, or never ours: the HEAD tells.
  if (listed === undefined) return undefined;
  try {
    const parts = chooseParts(planMultipart(claims.bytes, claims.multipart.partBytes), listed, item.parts);
    await checkAbsent(context, upload);
    const digests = new Map(item.parts?.map(({ partNumber, checksum }) => [partNumber, checksum]));
    const completion = {
      ...place,
      ...termsOf(upload, item),
      parts: parts.map((part) => toNamed(part, claims, digests.get(part.partNumber))),
    };
    return refusalOf(await completeMultipart(completion, entry.target, context.call()), upload);
  } catch (error) {
    if (error instanceof ValetkeyError) return error;
    throw error;
  }
}

/** Where the store itself cannot be told not to replace an object. */
async function checkAbsent(context: ServiceContext, upload: Upload): Promise<void> {
  const { policy, target } = upload.entry;
  if (policy.upload.overwrite || target.store.profile.conditionalWrites) return;
  const verdict = await verdictOf(context, upload);
  if (verdict.kind === 'superseded' || (verdict.kind === 'open' && verdict.isOccupied)) {
    throw new ValetkeyError('already-exists');
  }
}

function termsOf({ claims, entry }: Upload, { checksum }: Item) {
  const { partChecksum } = claims.multipart;
  const checksumType = partChecksum === undefined ? undefined : checksumTypeOf(partChecksum);
  const whole = checksum ?? claims.checksum;
  const isWhole = checksumType === 'FULL_OBJECT' && whole?.algorithm === partChecksum;
  return {
    bytes: claims.bytes,
    onlyIfAbsent: !entry.policy.upload.overwrite && entry.target.store.profile.conditionalWrites,
    checksum: isWhole ? whole : undefined,
    checksumType,
  };
}

function toNamed(
  { partNumber, etag, checksums }: ListedPart,
  { multipart: { partChecksum } }: MultipartClaims,
  ownDigest: string | undefined,
) {
  // Not every store lists what it checked; whether the client's word is right is for the store to say.
  const value = partChecksum && (checksums[partChecksum] ?? ownDigest);
  return {
    partNumber,
    etag,
    checksum: partChecksum && value ? { algorithm: partChecksum, value } : undefined,
  };
}

function refusalOf({ status, code }: CompletionAnswer, { entry }: Upload): ValetkeyError | undefined {
  if (code === undefined && status === 200) return undefined;
  // The answer to a second asking; the HEAD tells.
  if (code === 'NoSuchUpload') return undefined;
  const meaning = code === undefined ? undefined : meanings[code];
  if (code !== undefined && meaning !== undefined) {
    return new ValetkeyError(meaning, { field: 'parts', expected: 'parts that make the file', got: code });
  }
  return toRefusal(entry.target.store.endpoint, { status, code, what: 'the end of an upload' });
}
