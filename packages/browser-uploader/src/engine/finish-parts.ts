import type { StoredPart } from '@valetkey/protocol';

import { finishUpload, type CompleteItem } from './finish-upload.ts';
import type { OpenUpload } from './open-upload.ts';
import { bytesOfPart, type Plan } from './plan.ts';
import { withRetries } from './retry.ts';
import { sendParts, type PartsContext, type SentParts } from './send-parts.ts';
import type { CompletedUpload } from './service-client.ts';
import { storedParts } from './take-up.ts';
import { UploadError } from './upload-error.ts';

/** Times that parts which the store does not have as they were sent are sent again. */
const maxRepairs = 2;

/**
 * Has the object made of its parts. Where the page does not know what the store answered, the parts' sizes are
 * compared with the plan first; parts that are missing or of another size are sent again.
 * @throws UploadError
 */
export async function finishParts(
  upload: OpenUpload,
  plan: Plan,
  first: SentParts,
  context: PartsContext,
): Promise<CompletedUpload> {
  let sent = first;
  for (let repairs = 0; ; repairs += 1) {
    const areKnown = [...sent.etags.values()].every((etag) => etag !== undefined);
    if (!areKnown) sent = await repair(upload, plan, sent, context);
    try {
      return await finishUpload(toItem(upload, plan, sent, context), context);
    } catch (error) {
      if (repairs >= maxRepairs || !isAboutParts(error)) throw error;
      sent = await repair(upload, plan, sent, context);
    }
  }
}

/** Sends again what the store does not list as the plan has it. */
async function repair(
  upload: OpenUpload,
  plan: Plan,
  sent: SentParts,
  context: PartsContext,
): Promise<SentParts> {
  const standing = await withRetries(context, () => context.service.status(upload.id));
  // Complete already, or gone: completing says which.
  if (standing.status !== 'open') return { ...sent, etags: new Map() };
  const listed = storedParts(standing.parts, plan);
  const stored = new Map([...listed].filter(([, part]) => isAsSent(part, sent)));
  const progress = { moved: () => undefined, arrived: () => undefined };
  const again = await sendParts(
    upload,
    { mode: 'multipart', plan, first: [], stored },
    { ...context, progress },
  );
  return { etags: again.etags, digests: new Map([...sent.digests, ...again.digests]) };
}

/** What the page was not told is what the store lists. */
function isAsSent({ partNumber, etag, checksum }: StoredPart, { etags, digests }: SentParts): boolean {
  const tag = etags.get(partNumber) ?? etag;
  const digest = digests.get(partNumber);
  const isSummed = checksum === undefined || digest === undefined || digest === checksum.value;
  return isSummed && tag.replaceAll('"', '') === etag.replaceAll('"', '');
}

function isAboutParts(error: unknown): boolean {
  return error instanceof UploadError && /^(size|checksum)-mismatch$/.test(error.code);
}

function toItem(
  { id }: OpenUpload,
  plan: Plan,
  { etags, digests }: SentParts,
  { checksum }: PartsContext,
): CompleteItem {
  const parts = [...etags].flatMap(([partNumber, etag]) =>
    etag === undefined ? [] : [{ partNumber, etag, checksum: digests.get(partNumber) }],
  );
  const numbers = Array.from({ length: plan.partCount }, (_, index) => index + 1);
  const known = numbers.flatMap((partNumber) => {
    const value = digests.get(partNumber);
    return value === undefined ? [] : [{ value, bytes: bytesOfPart(plan, partNumber) }];
  });
  const value = known.length < plan.partCount ? undefined : checksum?.combine?.(known);
  return {
    id,
    parts,
    ...(checksum && value ? { checksum: { algorithm: checksum.algorithm, value } } : {}),
  };
}
