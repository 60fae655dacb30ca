import { parseBucket } from '@valetkey/core';

import type { ServiceStore } from '../service-options.ts';
import type { MultipartPlace } from './list-parts.ts';
import { callStore, unavailable, type CallContext } from './store-call.ts';

/**
 * Gives an upload up and what was sent of it; fine when it is gone already.
 * @throws ValetkeyError `store-unavailable`, `credentials-unavailable`, `credentials-expired`
 */
export async function abortMultipart(
  place: MultipartPlace,
  target: ServiceStore,
  context: CallContext,
): Promise<void> {
  const call = { kind: 'abort-multipart', ...place, bucket: parseBucket(place.bucket, 'bucket') } as const;
  const { status } = await callStore(call, target, context);
  if (status === 404 || (status >= 200 && status < 300)) return;
  throw unavailable(target.store.endpoint, `status ${status} to the end of an upload`);
}
