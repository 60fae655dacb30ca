import { formatInstant, ValetkeyError, type Grant, type Subject } from '@valetkey/core';

import type { PolicyEntry } from '../policy-book.ts';
import { entryFor, grantUnder, type ServiceContext } from '../service-context.ts';
import { openUpload, type UploadClaims } from './upload-token.ts';
import { putTerms } from './upload-terms.ts';

/** An upload whose id was brought back by the subject that began it, and that its policy still allows. */
export interface OpenUpload {
  readonly claims: UploadClaims;
  readonly entry: PolicyEntry;
  /** To sign the PUT anew. */
  readonly grant: Grant;
}

/**
 * What an id says. It is no authority alone: the subject must be the one it was made for.
 * @throws ValetkeyError `upload-not-found`, `forbidden`
 */
export async function readClaims(
  context: ServiceContext,
  subject: Subject,
  id: string,
): Promise<{ readonly claims: UploadClaims; readonly isExpired: boolean }> {
  const claims = await openUpload(id, await context.keys());
  if (claims.kind === subject.kind && claims.sub === subject.id) {
    return { claims, isExpired: claims.expiresAtMs <= context.clock.now() };
  }
  await context.hooks.onDenied({
    subject,
    policy: claims.policy,
    code: 'subject-not-allowed',
    field: 'id',
    expected: 'the subject that began the upload',
    got: `${subject.kind} ${subject.id}`,
  });
  throw new ValetkeyError('forbidden');
}

/**
 * The upload of an id, under its policy as it stands now. A call is one request to each policy of its items:
 * `counted` has those that have been counted.
 * @throws ValetkeyError `upload-not-found`, `upload-expired`, `forbidden`, or the limit that is now missed
 */
export async function readUpload(
  context: ServiceContext,
  subject: Subject,
  id: string,
  counted: Map<string, Promise<void>>,
): Promise<OpenUpload> {
  const { claims, isExpired } = await readClaims(context, subject, id);
  if (isExpired) {
    throw new ValetkeyError('upload-expired', {
      expected: 'an upload whose session lasts',
      got: `one that ended at ${formatInstant(claims.expiresAtMs)}`,
    });
  }
  const entry = await entryFor(context, subject, claims.policy);
  if (entry.storeName !== claims.store || entry.bucket !== claims.bucket) {
    throw new ValetkeyError('upload-not-found', { expected: 'an upload to where the policy leads now' });
  }
  const taken = counted.get(claims.policy) ?? context.rateLimits.takeRequest(entry.policy, subject);
  counted.set(claims.policy, taken);
  await taken;
  return { claims, entry, grant: await grantUnder(context, entry, putTerms(subject, claims)) };
}
