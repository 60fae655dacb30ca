import { finishParts } from './finish-parts.ts';
import type { MultipartTransfer, OpenUpload } from './open-upload.ts';
import { sendParts, type PartsContext } from './send-parts.ts';
import type { CompletedUpload } from './service-client.ts';

/**
 * Sends the parts that are missing and has the object made of them.
 * @throws UploadError; the signal's reason
 */
export async function uploadParts(
  upload: OpenUpload,
  transfer: MultipartTransfer,
  context: PartsContext,
): Promise<CompletedUpload> {
  const sent = await sendParts(upload, transfer, context);
  // Others may send while this one is verified.
  context.turn.end();
  return finishParts(upload, transfer.plan, sent, context);
}
