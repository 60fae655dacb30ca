/** What can be done with the id of an upload that has begun. */
import { ValetkeyError, type Subject } from '@valetkey/core';
import type {
  AbortResponse,
  CompleteResponse,
  SignResponse,
  StatusResponse,
  UploadIdsRequest,
} from '@valetkey/protocol';

import { answerEach, type Call } from '../batch.ts';
import { toRequest, toServerTime } from '../presigned-request.ts';
import { signGrant, type ServiceContext } from '../service-context.ts';
import { headObject } from '../store/head-object.ts';
import { judgeUpload, type Verdict } from './judge-upload.ts';
import { readClaims, readUpload, type OpenUpload } from './open-upload.ts';
import { signReceipt } from './receipt.ts';

/** Fresh PUT requests. */
export async function signUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<SignResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    const { entry, grant } = await readUpload(context, subject, id, counted);
    const url = signGrant(context, entry, grant, await entry.target.credentials());
    return { request: toRequest(url, 'PUT') };
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

/** Where uploads stand. */
export async function uploadStatus(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<StatusResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    const { claims, isExpired } = await readClaims(context, subject, id);
    if (isExpired) return { status: 'expired', bytes: claims.bytes } as const;
    const { kind } = await verdictOf(context, await readUpload(context, subject, id, counted));
    const status = kind === 'completed' || kind === 'superseded' ? kind : 'open';
    return { status, bytes: claims.bytes } as const;
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

/** Verifies uploads in the store. The same id gives the same answer as long as the object stands. */
export async function completeUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<CompleteResponse> {
  const [serviceKey] = await context.keys();
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    const upload = await readUpload(context, subject, id, counted);
    const { policy, key, bytes, type } = upload.claims;
    const { etag, versionId } = toCompleted(await verdictOf(context, upload), upload);
    const stored = { key, bytes, etag, ...(versionId === undefined ? {} : { versionId }) };
    await context.hooks.onUploadComplete({ subject, policy, key, bytes });
    const who = { kind: subject.kind, id: subject.id };
    return { ...stored, receipt: await signReceipt({ policy, subject: who, type, ...stored }, serviceKey) };
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

/** Gives uploads up. A single PUT leaves nothing behind that would have to be taken away. */
export async function abortUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<AbortResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    await readUpload(context, subject, id, counted);
    return { aborted: true } as const;
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

async function verdictOf(context: ServiceContext, { claims, entry }: OpenUpload): Promise<Verdict> {
  const place = { bucket: entry.bucket, key: claims.key };
  return judgeUpload(claims, await headObject(place, entry.target, context.call()));
}

function toCompleted(verdict: Verdict, { claims, entry }: OpenUpload) {
  switch (verdict.kind) {
    case 'completed':
      return verdict.object;
    case 'open':
      if (!entry.policy.upload.overwrite && verdict.isOccupied) throw new ValetkeyError('already-exists');
      throw new ValetkeyError('upload-not-found', { expected: 'the object in the store', got: 'none' });
    case 'superseded':
      throw new ValetkeyError(entry.policy.upload.overwrite ? 'superseded' : 'already-exists');
    case 'mismatch':
      throw new ValetkeyError(verdict.field === 'size' ? 'size-mismatch' : 'type-not-allowed', {
        field: verdict.field,
        expected: verdict.field === 'size' ? `${claims.bytes} bytes` : claims.type,
        got: verdict.field === 'size' ? `${verdict.object.bytes} bytes` : verdict.object.type,
      });
    case 'hidden':
      throw new ValetkeyError('store-unavailable', {
        field: entry.target.store.endpoint,
        expected: 'HEAD to be allowed to the service (s3:GetObject and s3:ListBucket)',
        got: 'status 403',
      });
  }
}
