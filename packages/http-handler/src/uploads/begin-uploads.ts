import {
  contentTypeOfName,
  formatInstant,
  planMultipart,
  type ChecksumAlgorithm,
  type Grant,
  type Policy,
  type SigningCredentials,
  type Subject,
} from '@valetkey/core';
import type { NewFile, UploadsRequest, UploadsResponse } from '@valetkey/protocol';

import { answerEach, askStore, type Call } from '../batch.ts';
import { LimitMissed } from '../limit-missed.ts';
import type { PolicyEntry } from '../policy-book.ts';
import { toRequest, toServerTime } from '../presigned-request.ts';
import { enter, grantUnder, signGrant, type ServiceContext } from '../service-context.ts';
import { createMultipart } from '../store/create-multipart.ts';
import { listUploads } from '../store/list-uploads.ts';
import { describeError } from '../to-problem.ts';
import { isKeyOfOneUpload } from './siblings.ts';
import { signParts } from './sign-parts.ts';
import { uploadNames } from './upload-names.ts';
import { isMultipart, sealUpload, type UploadClaims } from './upload-token.ts';
import { uploadTermsOf } from './upload-terms.ts';

/** Parts signed with the first answer: enough to send until more are asked for. */
const firstWindow = 16;

/** Begins uploads: the key is generated, what was declared is signed, and the id remembers all of it. */
export async function beginUploads(
  context: ServiceContext,
  subject: Subject,
  { policy, files }: UploadsRequest,
  call: Call,
): Promise<UploadsResponse> {
  const entry = await enter(context, subject, policy);
  const credentials = await entry.target.credentials();
  const [key] = await context.keys();
  const granted = await answerEach(context, call, files, (file) => grantFile(context, entry, subject, file));
  const uploads = granted.flatMap((item) =>
    'problem' in item ? [] : { id: item.declared.marker, bytes: item.file.bytes },
  );
  const over = await context.rateLimits.takeBytes(entry.policy, subject, uploads);
  const issued: string[] = [];
  let issuedBytes = 0;
  const answers = await answerEach(context, call, granted, async (item) => {
    if ('problem' in item) return item;
    const limited = over.get(item.declared.marker);
    if (limited !== undefined) return { problem: describeError(limited, call.requestId).problem };
    const multipart = item.inParts
      ? await askStore(context, call, entry.storeName, () => beginParts(context, entry, item))
      : undefined;
    const begun = toBegun(context, entry, subject, { ...item, multipart });
    const { claims } = begun;
    issued.push(claims.key);
    issuedBytes += claims.bytes;
    return {
      id: await sealUpload(claims, key),
      key: claims.key,
      expiresAt: formatInstant(claims.expiresAtMs),
      ...requestsOf(context, entry, begun, credentials),
    };
  });
  if (issued.length > 0) {
    const event = { subject, policy, action: 'upload', keys: issued, bytes: issuedBytes } as const;
    await context.hooks.onIssued(event);
  }
  return {
    serverTime: toServerTime(context.clock.now()),
    uploads: answers.map((answer, index) => ({ ref: files[index]?.ref ?? '', ...answer })),
  };
}

interface Begun {
  readonly claims: UploadClaims;
  readonly grant: Grant;
}

function requestsOf(
  context: ServiceContext,
  entry: PolicyEntry,
  { claims, grant }: Begun,
  credentials: SigningCredentials,
) {
  if (!isMultipart(claims)) {
    const url = signGrant(context, entry, grant, credentials);
    return { mode: 'put', request: toRequest(url, 'PUT') } as const;
  }
  const { partBytes, partChecksum } = claims.multipart;
  const { partCount } = planMultipart(claims.bytes, partBytes);
  // A part that carries its digest can be signed only once that is known.
  const length = partChecksum === undefined ? Math.min(partCount, firstWindow) : 0;
  const partNumbers = Array.from({ length }, (_, index) => index + 1);
  const upload = { claims, entry, grant };
  const parts = signParts(context, upload, { partNumbers, checksums: undefined }, credentials);
  return { mode: 'multipart', partBytes, partCount, parts } as const;
}

/** A file that the policy allows; nothing of it is begun yet. */
interface Granted {
  readonly file: NewFile;
  readonly declared: Declared;
  readonly inParts: boolean;
  readonly grant: Grant;
}

async function grantFile(
  context: ServiceContext,
  entry: PolicyEntry,
  subject: Subject,
  file: NewFile,
): Promise<Granted> {
  const { policy } = entry;
  const [{ names }] = await context.keys();
  const { uuid, marker } = await uploadNames(names, policy.name, subject, file);
  const { name, bytes, metadata, contentDisposition, cacheControl } = file;
  const type = file.type === '' ? contentTypeOfName(name) : file.type;
  const inParts = bytes > policy.upload.multipartThresholdBytes;
  const served = { contentDisposition, cacheControl };
  const declared = { marker, bytes, type, metadata, ...served, ...checksumsOf(file, inParts) };
  const terms = { subject, method: 'PUT', fileName: name, upload: uploadTermsOf(declared) } as const;
  const grant = await grantUnder(context, entry, terms, uuid);
  await checkEverFits(context, policy, subject, bytes);
  return { file, declared, inParts, grant };
}

/** To come back later would be no use for what is more than the rate limit's whole window. */
async function checkEverFits(
  { hooks }: ServiceContext,
  policy: Policy,
  subject: Subject,
  bytes: number,
): Promise<void> {
  const most = policy.rateLimit.bytes?.count ?? Infinity;
  if (bytes <= most) return;
  const denial = {
    code: 'file-too-large',
    field: 'contentLength',
    expected: `at most ${most} bytes, which is all that the policy's rate limit lets through`,
    got: `${bytes} bytes`,
  } as const;
  await hooks.onDenied({ ...denial, subject, policy: policy.name });
  throw new LimitMissed({ ...denial, policy: policy.name }, policy);
}

function toBegun(
  context: ServiceContext,
  { policy, storeName, bucket }: PolicyEntry,
  subject: Subject,
  { declared, grant, multipart }: Granted & Pick<UploadClaims, 'multipart'>,
): Begun {
  const issuedAtMs = context.clock.now();
  const { partChecksum: _ofParts, ...kept } = declared;
  const claims = {
    policy: policy.name,
    kind: subject.kind,
    sub: subject.id,
    store: storeName,
    bucket,
    key: grant.key,
    multipart,
    issuedAtMs,
    expiresAtMs: issuedAtMs + policy.upload.sessionSeconds * 1000,
    ...kept,
  };
  return { claims, grant };
}

/** A digest of the whole file is signed with a PUT; parts are signed with digests of their own. */
function checksumsOf({ checksum }: NewFile, inParts: boolean): Pick<Declared, 'checksum' | 'partChecksum'> {
  if (checksum === undefined) return { checksum: undefined, partChecksum: undefined };
  const { algorithm, value } = checksum;
  return {
    checksum: value === undefined ? undefined : { algorithm, value },
    partChecksum: inParts ? algorithm : undefined,
  };
}

type Declared = Pick<UploadClaims, 'marker' | 'bytes' | 'type' | 'metadata' | 'checksum'> & {
  readonly partChecksum: ChecksumAlgorithm | undefined;
};

/** A replay takes up the upload that was begun first, where the key tells that it is the same. */
async function beginParts(
  context: ServiceContext,
  { policy, bucket, target }: PolicyEntry,
  { file, declared: { bytes, partChecksum }, grant }: Granted,
): Promise<NonNullable<UploadClaims['multipart']>> {
  const { partBytes } = planMultipart(bytes, policy.upload.partBytes);
  const known =
    file.retry === true && isKeyOfOneUpload(policy)
      ? (await listUploads({ bucket, key: grant.key }, target, context.call()))[0]
      : undefined;
  const uploadId = known ?? (await createMultipart(grant, partChecksum, target, context.call()));
  return { uploadId, partBytes, partChecksum };
}
