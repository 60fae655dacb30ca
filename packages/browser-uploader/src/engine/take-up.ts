/** An upload of before a reload, taken up where it was left. */
import type { StoredPart } from '@valetkey/protocol';

import type { OpenUpload } from './open-upload.ts';
import { bytesOfPart, toPlan, type Plan } from './plan.ts';
import type { ChecksumAlgorithm } from './integrity/checksum.ts';
import type { ResumableUpload } from './resume/resume-store.ts';
import { withRetries, type RetryContext } from './retry.ts';
import type { ServiceClient, UploadStanding } from './service-client.ts';
import { UploadError } from './upload-error.ts';

type Terms = Pick<
  ResumableUpload,
  'name' | 'type' | 'bytes' | 'metadata' | 'contentDisposition' | 'cacheControl' | 'algorithm'
>;

/** What is remembered of the same file with the same terms. */
export function isSame(
  known: ResumableUpload,
  declared: Omit<Terms, 'algorithm'>,
  algorithm: ChecksumAlgorithm | undefined,
): boolean {
  return termsOf(known) === termsOf({ ...declared, algorithm });
}

function termsOf({
  name,
  type,
  bytes,
  metadata = {},
  contentDisposition,
  cacheControl,
  algorithm,
}: Terms): string {
  return JSON.stringify([name, type, bytes, metadata, contentDisposition, cacheControl, algorithm]);
}

/**
 * Undefined when the upload cannot go on: the service does not know it any more, or not from this subject, or its
 * session has ended; and when it is one PUT that has not arrived. Nothing of that can be gone on with, and the PUT of
 * the earlier page, which may have been of other bytes, can still arrive: it shall not count as this file's.
 * @throws UploadError
 */
export async function takeUp(
  known: ResumableUpload,
  service: ServiceClient,
  context: RetryContext,
): Promise<OpenUpload | undefined> {
  const standing = await withRetries(context, () => standingOf(known.id, service));
  if (standing === undefined || standing.bytes !== known.bytes) return undefined;
  const { id, bytes } = known;
  const { partBytes, parts } = standing;
  const plan = partBytes === undefined ? undefined : toPlan(bytes, partBytes);
  if (standing.status === 'completed') return { id, transfer: { mode: 'none', plan } };
  // Superseded, aborted and expired are at an end.
  if (standing.status !== 'open' || plan === undefined || partBytes !== known.partBytes) return undefined;
  const stored = storedParts(parts, plan);
  return { id, transfer: { mode: 'multipart', plan, first: [], stored, isTakenUp: true } };
}

/** Where an upload stands; undefined when the service says that it knows nothing of it. */
async function standingOf(id: string, service: ServiceClient): Promise<UploadStanding | undefined> {
  try {
    return await service.status(id);
  } catch (error) {
    if (error instanceof UploadError && isForgotten(error)) return undefined;
    throw error;
  }
}

/** An id that leads nowhere: the file can be begun afresh. */
export function isForgotten({ code }: UploadError): boolean {
  return code === 'forbidden' || code === 'upload-not-found' || code === 'upload-expired';
}

/** The parts that have the size of the plan, by number; others are sent again. */
export function storedParts(parts: readonly StoredPart[] = [], plan: Plan): Map<number, StoredPart> {
  return new Map(
    parts
      .filter(
        ({ partNumber, bytes }) => partNumber <= plan.partCount && bytes === bytesOfPart(plan, partNumber),
      )
      .map((part) => [part.partNumber, part]),
  );
}
