/**
 * A replayed request may open a second upload of the same key in the store. Where the key holds a `{uuid}`,
 * which is an HMAC over everything that makes an upload the same, whatever is open under it is the same upload.
 */
import type { Policy } from '@valetkey/core';

import type { ServiceContext } from '../service-context.ts';
import { abortMultipart } from '../store/abort-multipart.ts';
import { listUploads } from '../store/list-uploads.ts';
import type { OpenUpload } from './open-upload.ts';

/** Whether a generated key can be of one upload only. */
export function isKeyOfOneUpload({ keys: [pattern] }: Policy): boolean {
  return (
    pattern?.segments.some((parts) =>
      parts.some((part) => part.kind === 'free' && part.variable === 'uuid'),
    ) ?? false
  );
}

/**
 * Gives up every open upload of an upload's key, if the key is its own.
 * @throws ValetkeyError `store-unavailable`, `store-refused`, `clock-skewed`, `credentials-unavailable`,
 * `credentials-expired`
 */
export async function abortSiblings(
  context: ServiceContext,
  { claims: { key }, entry: { policy, bucket, target } }: Pick<OpenUpload, 'claims' | 'entry'>,
): Promise<void> {
  if (!isKeyOfOneUpload(policy)) return;
  const open = await listUploads({ bucket, key }, target, context.call());
  await Promise.all(
    open.map((uploadId) => abortMultipart({ bucket, key, uploadId }, target, context.call())),
  );
}
