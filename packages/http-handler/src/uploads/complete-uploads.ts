import { ValetkeyError, type Subject } from '@valetkey/core';
import type { CompleteRequest, CompleteResponse } from '@valetkey/protocol';

import { answerEach, askStore, type Call } from '../batch.ts';
import { toServerTime } from '../presigned-request.ts';
import type { ServiceContext } from '../service-context.ts';
import type { StoredObject } from '../store/head-object.ts';
import { assembleParts } from './assemble-parts.ts';
import type { Verdict } from './judge-upload.ts';
import { readUpload, type OpenUpload } from './open-upload.ts';
import { toText } from './receipt.ts';
import { abortSiblings } from './siblings.ts';
import { isMultipart } from './upload-token.ts';
import { verdictOf } from './verdict-of.ts';

/** Pauses before an object is looked for again. */
const settleMs = [100, 300, 900];

type Item = CompleteRequest['items'][number];

/**
 * Puts parts together and verifies uploads in the store. The same id gives the same answer as long as the object
 * stands, whatever became of the answer before.
 */
export async function completeUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: CompleteRequest,
  call: Call,
): Promise<CompleteResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async (item) => {
    const upload = await readUpload(context, subject, item.id, counted);
    const { policy, store, key, bytes, type } = upload.claims;
    const { etag, versionId, checksum } = await askStore(context, call, store, () =>
      complete(context, upload, item),
    );
    const stored = { key, bytes, etag, ...(versionId === undefined ? {} : { versionId }) };
    await context.hooks.onUploadComplete({ subject, policy, key, bytes });
    const who = { kind: subject.kind, id: subject.id };
    const receipt = await context.receipts.sign(toText({ policy, subject: who, type, ...stored }));
    return { ...stored, ...(checksum === undefined ? {} : { checksum: toChecksum(checksum) }), receipt };
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

/** Only the HEAD after it says whether the upload is complete; what the store refused says why it is not. */
async function complete(context: ServiceContext, upload: OpenUpload, item: Item): Promise<StoredObject> {
  const { claims } = upload;
  const refusal = isMultipart(claims) ? await assembleParts(context, { ...upload, claims }, item) : undefined;
  const mayStillCome = isMultipart(claims) && refusal?.retryable !== false;
  const verdict = await (mayStillCome ? settledVerdict(context, upload) : verdictOf(context, upload));
  if (verdict.kind === 'open' && refusal !== undefined) throw refusal;
  const object = toCompleted(verdict, upload);
  checkDigest(object, item.checksum ?? claims.checksum);
  if (isMultipart(claims)) await tidy(context, upload);
  return object;
}

/**
 * While somebody else's asking makes the object, a store may have let go of the upload already, or be at odds with itself
 * about it, and not show the object yet. What is gone for good is told apart by looking again.
 */
async function settledVerdict(context: ServiceContext, upload: OpenUpload): Promise<Verdict> {
  let verdict = await verdictOf(context, upload);
  for (const ms of settleMs) {
    if (verdict.kind !== 'open') break;
    await new Promise((resolve) => setTimeout(resolve, ms));
    verdict = await verdictOf(context, upload);
  }
  return verdict;
}

/** The upload is complete whether or not its doubles can be taken away just now. */
async function tidy(context: ServiceContext, upload: OpenUpload): Promise<void> {
  try {
    await abortSiblings(context, upload);
  } catch (error) {
    await context.hooks.onFailure(error);
  }
}

function checkDigest({ checksum }: StoredObject, declared: Item['checksum']): void {
  if (checksum === undefined || declared === undefined || checksum.type === 'COMPOSITE') return;
  if (checksum.algorithm !== declared.algorithm || checksum.value === declared.value) return;
  throw new ValetkeyError('checksum-mismatch', {
    field: 'checksum',
    expected: `${declared.algorithm} ${declared.value}`,
    got: checksum.value,
  });
}

function toChecksum({ algorithm, value, type }: NonNullable<StoredObject['checksum']>) {
  return { algorithm, value, ...(type === undefined ? {} : { type }) };
}

function toCompleted(verdict: Verdict, { claims, entry }: OpenUpload): StoredObject {
  switch (verdict.kind) {
    case 'completed':
      return verdict.object;
    case 'open':
      if (!entry.policy.upload.overwrite && verdict.isOccupied) throw new ValetkeyError('already-exists');
      throw new ValetkeyError('upload-not-found', {
        expected: 'the object in the store',
        got: 'none',
        hint: 'Nothing has arrived yet: send the bytes, then complete.',
      });
    case 'superseded':
      throw new ValetkeyError(entry.policy.upload.overwrite ? 'superseded' : 'already-exists');
    case 'mismatch':
      throw new ValetkeyError(verdict.field === 'size' ? 'size-mismatch' : 'type-not-allowed', {
        field: verdict.field,
        expected: verdict.field === 'size' ? `${claims.bytes} bytes` : claims.type,
        got: verdict.field === 'size' ? `${verdict.object.bytes} bytes` : verdict.object.type,
      });
    case 'hidden':
      throw new ValetkeyError('store-refused', {
        field: entry.target.store.endpoint,
        expected: 'HEAD to be allowed to the service (s3:GetObject and s3:ListBucket)',
        got: 'status 403',
      });
  }
}
