import type { Subject } from '@valetkey/core';
import type { AbortResponse, UploadIdsRequest } from '@valetkey/protocol';

import { answerEach, type Call } from '../batch.ts';
import { toServerTime } from '../presigned-request.ts';
import type { ServiceContext } from '../service-context.ts';
import { abortMultipart } from '../store/abort-multipart.ts';
import { readUpload } from './open-upload.ts';
import { abortSiblings } from './siblings.ts';
import { isMultipart } from './upload-token.ts';

/**
 * Gives uploads up, with what was sent of them. A single PUT leaves nothing behind that would have to be taken
 * away, and an object that is complete stays.
 */
export async function abortUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<AbortResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    const upload = await readUpload(context, subject, id, counted);
    const { claims, entry } = upload;
    if (isMultipart(claims)) {
      const place = { bucket: entry.bucket, key: claims.key, uploadId: claims.multipart.uploadId };
      await abortMultipart(place, entry.target, context.call());
      await abortSiblings(context, upload);
    }
    return { aborted: true } as const;
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}
