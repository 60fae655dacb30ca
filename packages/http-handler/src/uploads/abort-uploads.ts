import { ValetkeyError, type Subject } from '@valetkey/core';
import type { AbortResponse, UploadIdsRequest } from '@valetkey/protocol';

import { answerEach, askStore, type Call } from '../batch.ts';
import type { PolicyEntry } from '../policy-book.ts';
import { toServerTime } from '../presigned-request.ts';
import type { ServiceContext } from '../service-context.ts';
import { abortMultipart } from '../store/abort-multipart.ts';
import { readClaims } from './open-upload.ts';
import { abortSiblings } from './siblings.ts';
import { isMultipart, type UploadClaims } from './upload-token.ts';

/**
 * Gives uploads up, with what was sent of them. A single PUT leaves nothing behind that would have to be taken
 * away, and an object that is complete stays. The subject that began an upload may give it up whatever its policy says
 * by now: one that was withdrawn would otherwise leave the parts in the store for good.
 */
export async function abortUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<AbortResponse> {
  const counted = new Set<string>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    const { claims } = await readClaims(context, subject, id);
    const entry = entryOf(context, claims);
    if (entry !== undefined && !counted.has(claims.policy)) {
      counted.add(claims.policy);
      await context.rateLimits.takeRequest(entry.policy, subject);
    }
    if (isMultipart(claims)) {
      const target = context.stores.get(claims.store);
      if (target === undefined) throw new ValetkeyError('upload-not-found');
      const { store, bucket, key, multipart } = claims;
      await askStore(context, call, store, async () => {
        await abortMultipart({ bucket, key, uploadId: multipart.uploadId }, target, context.call());
        if (entry !== undefined) await abortSiblings(context, { claims, entry });
      });
    }
    return { aborted: true } as const;
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}

/** The upload's policy, if it still leads to where the upload is. */
function entryOf({ book }: ServiceContext, { policy, store, bucket }: UploadClaims): PolicyEntry | undefined {
  const entry = book.get(policy);
  return entry?.storeName === store && entry.bucket === bucket ? entry : undefined;
}
