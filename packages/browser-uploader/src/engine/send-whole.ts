/** A file in one PUT. */
import type { PresignedRequest } from '@valetkey/protocol';

import type { PartsContext } from './send-parts.ts';
import { sendPiece } from './send-piece.ts';
import { isAging, toSigned, type SignedRequest } from './signed-request.ts';

/**
 * Sends the file; whether the store has it is for the service to say.
 * @throws UploadError; the signal's reason
 */
export async function sendWhole(id: string, first: PresignedRequest, context: PartsContext): Promise<void> {
  const { service, clock, line, progress, file } = context;
  let signed: SignedRequest | undefined = toSigned(first, clock);
  const piece = {
    body: file,
    request: async () => {
      if (signed === undefined || isAging(signed, clock, line.msFor(file.size))) {
        signed = toSigned((await service.sign(id)).request, clock);
      }
      return signed;
    },
    drop: () => {
      signed = undefined;
    },
    hasArrived: async () =>
      (await service.status(id)).status === 'completed' ? { etag: undefined } : undefined,
    onProgress: (sentBytes: number) => progress.moved(1, sentBytes),
  };
  await sendPiece(piece, context);
  progress.arrived(1, file.size);
}
