/** The end of an upload: the service looks at what the store holds, and only its word counts. */
import type { CompleteRequest } from '@valetkey/protocol';

import { withRetries } from './retry.ts';
import type { PartsContext } from './send-parts.ts';
import type { CompletedUpload } from './service-client.ts';
import { UploadError } from './upload-error.ts';

/** What the service is told. */
export type CompleteItem = CompleteRequest['items'][number];

/** @throws UploadError */
export async function finishUpload(item: CompleteItem, context: PartsContext): Promise<CompletedUpload> {
  await context.guard(context);
  const completed = await withRetries(context, () => context.service.complete(item));
  if (completed.bytes === context.file.size) return completed;
  throw new UploadError(
    'size-mismatch',
    `The store holds ${completed.bytes} bytes, and the file has ${context.file.size}.`,
  );
}
