import { parseBucket, type ServiceCall } from '@valetkey/core';

import type { ServiceStore } from '../service-options.ts';
import type { MultipartPlace } from './list-parts.ts';
import { errorCodeOf } from './parse-answer.ts';
import { tryStore, unavailable, type CallContext } from './store-call.ts';
import { toRefusal } from './store-refusal.ts';

/** After how long the store is asked whether a part that was under way has arrived after all: soon, and once more. */
const looksMs = [250, 1000] as const;
const maxTries = 5;

/**
 * Gives an upload up and what was sent of it; fine when it is gone already. A part that was under way may be kept all
 * the same, so the store is asked twice whether anything is left, and the upload aborted again until nothing is; so it
 * is where the store could not do it just then, for a part that it was storing.
 * Source: AbortMultipartUpload in the API reference.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function abortMultipart(
  place: MultipartPlace,
  target: ServiceStore,
  context: CallContext,
): Promise<void> {
  const at = { ...place, bucket: parseBucket(place.bucket, 'bucket') };
  const { endpoint } = target.store;
  let hindrance = '';
  for (let tries = 0; tries < maxTries; tries += 1) {
    const answer = await tryStore({ kind: 'abort-multipart', ...at }, target, context);
    const { status } = answer;
    if (status >= 500) {
      hindrance = `status ${status}`;
      await pause(looksMs[0]);
      continue;
    }
    if (status === 404) return;
    if (status < 200 || status >= 300) {
      throw toRefusal(endpoint, { status, code: errorCodeOf(answer), what: 'the end of an upload' });
    }
    if (!(await isLeft(at, target, context))) return;
    hindrance = 'parts of an upload that it has ended';
  }
  throw unavailable(endpoint, hindrance);
}

/** A store that refuses to tell has ended the upload all the same. */
async function isLeft(
  at: Omit<Extract<ServiceCall, { readonly kind: 'list-parts' }>, 'kind'>,
  target: ServiceStore,
  context: CallContext,
): Promise<boolean> {
  for (const ms of looksMs) {
    await pause(ms);
    const { status } = await tryStore({ kind: 'list-parts', ...at }, target, context);
    if (status < 300 || status >= 500) return true;
  }
  return false;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
