import { contentTypeOfName, formatInstant, type Grant, type Subject } from '@valetkey/core';
import type { NewFile, UploadsRequest, UploadsResponse } from '@valetkey/protocol';

import { answerEach, type Call } from '../batch.ts';
import type { PolicyEntry } from '../policy-book.ts';
import { toRequest, toServerTime } from '../presigned-request.ts';
import { enter, grantUnder, signGrant, type ServiceContext } from '../service-context.ts';
import { uploadNames } from './upload-names.ts';
import { sealUpload, type UploadClaims } from './upload-token.ts';
import { uploadTermsOf } from './upload-terms.ts';

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
  const answers = await answerEach(context, call, files, async (file) => {
    const { claims, grant } = await begin(context, entry, subject, file);
    const url = signGrant(context, entry, grant, credentials);
    issued.push(claims.key);
    return {
      id: await sealUpload(claims, key),
      key: claims.key,
      expiresAt: formatInstant(claims.expiresAtMs),
      mode: 'put' as const,
      request: toRequest(url, 'PUT'),
    };
  });
  if (issued.length > 0) await context.hooks.onIssued({ subject, policy, action: 'upload', keys: issued });
  return {
    serverTime: toServerTime(context.clock.now()),
    uploads: answers.map((answer, index) => ({ ref: files[index]?.ref ?? '', ...answer })),
  };
}

/** What is asked of the policy, again, at every use of an upload's id. */
export function putTerms(subject: Subject, claims: UploadClaims) {
  return { subject, method: 'PUT', key: claims.key, upload: uploadTermsOf(claims) } as const;
}

async function begin(
  context: ServiceContext,
  entry: PolicyEntry,
  subject: Subject,
  file: NewFile,
): Promise<{ readonly claims: UploadClaims; readonly grant: Grant }> {
  const [{ names }] = await context.keys();
  const { uuid, marker } = await uploadNames(names, entry.policy.name, subject, file);
  const { name, bytes, checksum, metadata } = file;
  const type = file.type === '' ? contentTypeOfName(name) : file.type;
  const declared = { marker, bytes, type, checksum, metadata };
  const terms = { subject, method: 'PUT', fileName: name, upload: uploadTermsOf(declared) } as const;
  const grant = await grantUnder(context, entry, terms, uuid);
  const issuedAtMs = context.clock.now();
  const claims = {
    policy: entry.policy.name,
    kind: subject.kind,
    sub: subject.id,
    key: grant.key,
    issuedAtMs,
    expiresAtMs: issuedAtMs + entry.policy.upload.sessionSeconds * 1000,
    ...declared,
  };
  return { claims, grant };
}
