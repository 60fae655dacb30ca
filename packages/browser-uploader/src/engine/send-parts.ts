/** The parts of a file, several at a time. */
import type { StoredPart } from '@valetkey/protocol';

import type { Checksum } from './integrity/checksum.ts';
import { toReadError } from './file-guard.ts';
import type { OpenUpload, Transfer } from './open-upload.ts';
import { bytesOfPart, sliceOfPart, type Plan } from './plan.ts';
import type { Progress } from './progress.ts';
import { sendPiece, type PieceContext } from './send-piece.ts';
import type { ServiceClient } from './service-client.ts';
import { createSigningWindow } from './signing-window.ts';
import { storedParts } from './take-up.ts';

/** Parts of one file on the line at most: what a browser opens connections for. */
const width = 6;

/** What sending parts needs beside what a piece does. */
export interface PartsContext extends PieceContext {
  readonly service: ServiceClient;
  readonly progress: Progress;
  /** When the store is to check each part. */
  readonly checksum: Checksum | undefined;
}

/** What became of the parts. */
export interface SentParts {
  /** ETags by part number, where they are known. */
  readonly etags: Map<number, string | undefined>;
  /** Digests by part number, of those that were sent with one. */
  readonly digests: Map<number, string>;
}

/**
 * Sends every part that is not stored yet. When one fails for good, the others are given up.
 * @throws UploadError; the signal's reason
 */
export async function sendParts(
  { id }: OpenUpload,
  { plan, first, stored: listed }: Extract<Transfer, { mode: 'multipart' }>,
  context: PartsContext,
): Promise<SentParts> {
  const { clock, line, progress, service } = context;
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const digests = new Map<number, string>();
  const stored = await verified(listed, plan, { ...context, signal }, digests);
  const sent: SentParts = {
    etags: new Map(stored.map(({ partNumber, etag }) => [partNumber, etag])),
    digests,
  };
  const numbers = Array.from({ length: plan.partCount }, (_, index) => index + 1).filter(
    (n) => !sent.etags.has(n),
  );
  for (const { partNumber, bytes } of stored) progress.arrived(partNumber, bytes);
  const window = createSigningWindow({
    numbers,
    first,
    ask: async (partNumbers) => {
      const checksums = await digestsOf(partNumbers, plan, { ...context, signal }, sent.digests);
      return (await service.parts({ id, partNumbers: [...partNumbers], ...checksums })).parts;
    },
    clock,
    partMs: () => line.msFor(plan.partBytes),
    width,
  });
  const sendOne = async (partNumber: number) => {
    const bytes = bytesOfPart(plan, partNumber);
    const piece = {
      body: sliceOfPart(context.file, plan, partNumber),
      request: () => window.request(partNumber),
      drop: () => window.drop(partNumber),
      hasArrived: async () => {
        const part = storedParts((await service.status(id)).parts, plan).get(partNumber);
        return part && { etag: part.etag };
      },
      onProgress: (sentBytes: number) => progress.moved(partNumber, sentBytes),
    };
    const { etag } = await sendPiece(piece, { ...context, signal });
    window.done(partNumber);
    sent.etags.set(partNumber, etag);
    progress.arrived(partNumber, bytes);
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

/** Stored parts that hold what the file holds, as far as the store has summed them. */
async function verified(
  listed: ReadonlyMap<number, StoredPart>,
  plan: Plan,
  context: PartsContext,
  digests: Map<number, string>,
): Promise<readonly StoredPart[]> {
  const same: StoredPart[] = [];
  for (const part of listed.values()) {
    const { partNumber, checksum } = part;
    if (checksum !== undefined) await digestsOf([partNumber], plan, context, digests);
    const own = digests.get(partNumber);
    if (checksum === undefined || own === undefined || own === checksum.value) same.push(part);
  }
  return same;
}

/** Base64 of each part, in the order of the numbers. */
async function digestsOf(
  partNumbers: readonly number[],
  plan: Plan,
  { file, checksum, signal }: PartsContext,
  known: Map<number, string>,
): Promise<{ readonly checksums?: string[] }> {
  if (checksum === undefined) return {};
  const checksums: string[] = [];
  for (const partNumber of partNumbers) {
    try {
      const digest =
        known.get(partNumber) ?? (await checksum.digest(sliceOfPart(file, plan, partNumber), signal));
      known.set(partNumber, digest);
      checksums.push(digest);
    } catch (error) {
      throw toReadError(error);
    }
  }
  return { checksums };
}
