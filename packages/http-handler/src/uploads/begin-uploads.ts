import {
  contentTypeOfName,
  formatInstant,
  planMultipart,
  type ChecksumAlgorithm,
  type Grant,
  type SigningCredentials,
  type Subject,
} from '@valetkey/core';
import type { NewFile, UploadsRequest, UploadsResponse } from '@valetkey/protocol';

import { answerEach, type Call } from '../batch.ts';
import type { PolicyEntry } from '../policy-book.ts';
import { toRequest, toServerTime } from '../presigned-request.ts';
import { enter, grantUnder, signGrant, type ServiceContext } from '../service-context.ts';
import { createMultipart } from '../store/create-multipart.ts';
import { listUploads } from '../store/list-uploads.ts';
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
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const entry = await enter(context, subject, policy, bytes);
  const credentials = await entry.target.credentials();
  const [key] = await context.keys();
  const issued: string[] = [];
  let issuedBytes = 0;
  const answers = await answerEach(context, call, files, async (file) => {
    const begun = await begin(context, entry, subject, file);
    const { claims } = begun;
    issued.push(claims.key);
    issuedBytes += file.bytes;
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

async function begin(
  context: ServiceContext,
  entry: PolicyEntry,
  subject: Subject,
  file: NewFile,
): Promise<Begun> {
  const { policy, storeName, bucket } = entry;
  const [{ names }] = await context.keys();
  const { uuid, marker } = await uploadNames(names, policy.name, subject, file);
  const { name, bytes, metadata } = file;
  const type = file.type === '' ? contentTypeOfName(name) : file.type;
  const inParts = bytes > policy.upload.multipartThresholdBytes;
  const declared = { marker, bytes, type, metadata, ...checksumsOf(file, inParts) };
  const terms = { subject, method: 'PUT', fileName: name, upload: uploadTermsOf(declared) } as const;
  const grant = await grantUnder(context, entry, terms, uuid);
  const multipart = inParts ? await beginParts(context, entry, grant, { file, ...declared }) : undefined;
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

interface Declared {
  readonly file: NewFile;
  readonly bytes: number;
  readonly checksum: UploadClaims['checksum'];
  readonly partChecksum: ChecksumAlgorithm | undefined;
}

/** A replay takes up the upload that was begun first, where the key tells that it is the same. */
async function beginParts(
  context: ServiceContext,
  { policy, bucket, target }: PolicyEntry,
  grant: Grant,
  { file, bytes, partChecksum }: Declared,
): Promise<NonNullable<UploadClaims['multipart']>> {
  const { partBytes } = planMultipart(bytes, policy.upload.partBytes);
  const known =
    file.retry === true && isKeyOfOneUpload(policy)
      ? (await listUploads({ bucket, key: grant.key }, target, context.call()))[0]
      : undefined;
  const uploadId = known ?? (await createMultipart(grant, partChecksum, target, context.call()));
  return { uploadId, partBytes, partChecksum };
}
