/** The parts of a file, several at a time. */
import { loadSameBytes } from './on-demand.ts';
import type { PartRequest, StoredPart } from '@valetkey/protocol';

import type { Checksum } from './integrity/checksum.ts';
import { rethrowRead } from './file-guard.ts';
import type { GuardFile } from './guard-files.ts';
import type { MultipartTransfer, OpenUpload } from './open-upload.ts';
import { digestsOf } from './part-digests.ts';
import { bytesOfPart, sliceOfPart, type Plan } from './plan.ts';
import type { Progress } from './progress.ts';
import { sendPiece, type PieceContext } from './send-piece.ts';
import type { ServiceClient } from './service-client.ts';
import { isAging, toSigned } from './signed-request.ts';
import { createSigningWindow } from './signing-window.ts';
import { UploadError } from './upload-error.ts';
import { storedParts } from './take-up.ts';

/** Parts of one file on the line at most: what a browser opens connections for. */
const width = 6;

/** What sending parts needs beside what a piece does. */
export interface PartsContext extends PieceContext {
  readonly service: ServiceClient;
  readonly progress: Progress;
  readonly guard: GuardFile;
  /** When the store is to check each part. */
  readonly checksum: Checksum | undefined;
  readonly workerUrl: URL | undefined;
}

/** What became of the parts. */
export interface SentParts {
  /** ETags by part number, where they are known. */
  readonly etags: Map<number, string | undefined>;
  /** Digests by part number, of those that were sent with one. */
  readonly digests: Map<number, string>;
}

type ArrivedPart = Pick<StoredPart, 'partNumber' | 'bytes'> & { readonly etag: string | undefined };

/**
 * Sends every part that is not stored yet. When one fails for good, the others are given up.
 * @throws UploadError; the signal's reason
 */
export async function sendParts(
  { id }: OpenUpload,
  transfer: MultipartTransfer,
  context: PartsContext,
): Promise<SentParts> {
  const { clock, line, progress, service } = context;
  const { plan, first, stored, isTakenUp } = transfer;
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const sent: SentParts = { etags: new Map(), digests: new Map() };
  const keep = ({ partNumber, etag, bytes }: ArrivedPart) => {
    sent.etags.set(partNumber, etag);
    progress.arrived(partNumber, bytes);
  };
  // Of what is taken up again only what is shown to be the file's.
  if (isTakenUp) await shownParts(stored.values(), plan, sent, { ...context, onSame: keep });
  else stored.forEach(keep);
  const numbers = Array.from({ length: plan.partCount }, (_, index) => index + 1).filter(
    (n) => !sent.etags.has(n),
  );
  const signed = (part: PartRequest) => toSigned(part, clock);
  const window = createSigningWindow({
    numbers,
    first: first.map(signed),
    ask: async (partNumbers) => {
      const checksums = await digestsOf(partNumbers, plan, { ...context, signal }, sent.digests);
      return (await service.parts({ id, partNumbers: [...partNumbers], ...checksums })).parts.map(signed);
    },
    isAging: (each, expectedMs) => isAging(each, clock, expectedMs),
    partMs: () => line.msFor(plan.partBytes),
    width,
  });
  const sendOne = async (partNumber: number) => {
    const piece = {
      body: sliceOfPart(context.file, plan, partNumber),
      request: async () => {
        const found = await window.request(partNumber);
        if (found) return found;
        throw new UploadError('network', `The signing service left part ${partNumber} out.`, {
          retryable: true,
        });
      },
      drop: () => window.drop(partNumber),
      hasArrived: async () => {
        const part = storedParts((await service.status(id)).parts, plan).get(partNumber);
        return part && (await shownParts([part], plan, sent, { ...context, signal }))[0];
      },
      onProgress: (sentBytes: number) => progress.moved(partNumber, sentBytes),
    };
    const { etag } = await sendPiece(piece, { ...context, signal });
    window.done(partNumber);
    keep({ partNumber, etag, bytes: bytesOfPart(plan, partNumber) });
  };
  const left = numbers.values();
  const worker = async () => {
    for (const partNumber of left) await sendOne(partNumber);
  };
  const workers = Array.from({ length: Math.min(width, numbers.length) }, async () => {
    try {
      await worker();
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  // All of them have stopped before the file is said to have failed.
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return sent;
}

/**
 * Those that are the file's: an earlier page may have sent another's, and a store may list a part that was cut off on
 * its way with the size that it should have had.
 */
async function shownParts(
  parts: Iterable<StoredPart>,
  plan: Plan,
  { digests }: SentParts,
  context: PartsContext & { readonly onSame?: (part: StoredPart) => void },
): Promise<readonly StoredPart[]> {
  const digestOf = async (partNumber: number) =>
    (await digestsOf([partNumber], plan, context, digests)).checksums?.[0];
  const sameBytes = await loadSameBytes();
  return (await sameBytes?.samePartsOf(plan, parts, { ...context, digestOf }).catch(rethrowRead)) ?? [];
}
