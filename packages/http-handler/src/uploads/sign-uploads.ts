import { ValetkeyError, type Subject } from '@valetkey/core';
import type { SignResponse, UploadIdsRequest } from '@valetkey/protocol';

import { answerEach, type Call } from '../batch.ts';
import { toRequest, toServerTime } from '../presigned-request.ts';
import { signGrant, type ServiceContext } from '../service-context.ts';
import { readUpload } from './open-upload.ts';
import { isMultipart } from './upload-token.ts';

/** Fresh PUT requests for uploads in one piece. */
export async function signUploads(
  context: ServiceContext,
  subject: Subject,
  { items }: UploadIdsRequest,
  call: Call,
): Promise<SignResponse> {
  const counted = new Map<string, Promise<void>>();
  const answers = await answerEach(context, call, items, async ({ id }) => {
    const { claims, entry, grant } = await readUpload(context, subject, id, counted);
    if (isMultipart(claims)) {
      throw new ValetkeyError('part-out-of-range', {
        field: 'id',
        expected: 'an upload in one piece',
        got: 'one in parts, which are signed by /v1/uploads/parts',
      });
    }
    const url = signGrant(context, entry, grant, await entry.target.credentials());
    return { request: toRequest(url, 'PUT') };
  });
  return { serverTime: toServerTime(context.clock.now()), items: [...answers] };
}
