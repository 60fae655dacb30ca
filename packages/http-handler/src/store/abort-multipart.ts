import { parseBucket } from '@valetkey/core';

import type { ServiceStore } from '../service-options.ts';
import type { MultipartPlace } from './list-parts.ts';
import { errorCodeOf } from './parse-answer.ts';
import { callStore, type CallContext } from './store-call.ts';
import { toRefusal } from './store-refusal.ts';

/**
 * Gives an upload up and what was sent of it; fine when it is gone already.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function abortMultipart(
  place: MultipartPlace,
  target: ServiceStore,
  context: CallContext,
): Promise<void> {
  const call = { kind: 'abort-multipart', ...place, bucket: parseBucket(place.bucket, 'bucket') } as const;
  const answer = await callStore(call, target, context);
  const { status } = answer;
  if (status === 404 || (status >= 200 && status < 300)) return;
  throw toRefusal(target.store.endpoint, {
    status,
    code: errorCodeOf(answer),
    what: 'the end of an upload',
  });
}
