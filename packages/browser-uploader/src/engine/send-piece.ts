/** One PUT, of a file or of a part of one, until it has arrived. */
import { loadWhyNoAnswer } from './on-demand.ts';
import type { PresignedRequest } from '@valetkey/protocol';

import type { Environment } from './environment.ts';
import { checkUnchanged, type FileMark } from './file-guard.ts';
import type { Line } from './line.ts';
import { putObject, type PutOutcome } from './put-object.ts';
import { isOverload, toPutError } from './put-verdict.ts';
import { withRetries } from './retry.ts';
import type { ServerClock } from './server-clock.ts';
import type { SignedRequest } from './signed-request.ts';
import { storeSlots } from './store-slots.ts';
import { isExpiry, isSkew } from './store-error.ts';
import type { Turn } from './turn.ts';
import { UploadError } from './upload-error.ts';

/** A piece that outlives this many URLs is on a line that no URL's life is long enough for. */
const maxExpiries = 2;
/** S3 takes what is dated up to 15 minutes ahead of it or behind. */
const s3ToleranceMs = 900_000;
/** A URL that ended at the end of its PUT may have this much left by a clock that is nearly right. */
const marginMs = 5000;
/** PUTs in a row of which nothing was sent, before it is asked whether the store lets the page in. */
const maxSilent = 2;

/** What arrived; the ETag where it is known. */
export interface Arrived {
  readonly etag: string | undefined;
}

/** A file or a part of one. */
export interface Piece {
  readonly body: Blob;
  /** A request with enough of its life left. */
  readonly request: () => Promise<SignedRequest>;
  /** The store takes the request for expired. */
  readonly drop: () => void;
  /** Asks the service, which looks at the store; after a PUT that was sent whole and not answered. */
  readonly hasArrived: () => Promise<Arrived | undefined>;
  readonly onProgress: (sentBytes: number) => void;
}

/** What all pieces of a file share. */
export interface PieceContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly clock: ServerClock;
  readonly line: Line;
  readonly turn: Turn;
  readonly file: Blob;
  readonly mark: FileMark;
  readonly onStalled: () => void;
}

/**
 * Resolves when the store has the piece, or says that something is there already (412), which the service looks
 * into. @throws UploadError; the signal's reason
 */
export async function sendPiece(piece: Piece, context: PieceContext): Promise<Arrived> {
  const { line, clock } = context;
  let expiries = 0;
  let silent = 0;
  let isUnanswered = false;
  return withRetries(context, async (_, forget) => {
    for (;;) {
      await context.turn.hold();
      if (isUnanswered) {
        const arrived = await piece.hasArrived();
        if (arrived !== undefined) return arrived;
        isUnanswered = false;
      }
      const { outcome, request } = await putOnce(piece, context);
      if (outcome.kind === 'stored') {
        line.arrived(piece.body.size, outcome.ms);
        return { etag: outcome.etag };
      }
      piece.onProgress(0);
      isUnanswered = outcome.kind !== 'refused' && outcome.sentAll;
      if (outcome.kind === 'paused') {
        forget();
        continue;
      }
      if (outcome.kind === 'refused') {
        const { error } = outcome;
        if (error.status === 412) return { etag: undefined };
        if (isSkew(error)) throw await skewed(piece, s3ToleranceMs);
        if (isExpiry(error)) {
          expiries += 1;
          const leftMs = clock.msUntil(request.expiresAt);
          if (expiries > maxExpiries) throw leftMs > marginMs ? await skewed(piece, leftMs) : tooSlow();
          if (expiries === maxExpiries) line.halve();
          piece.drop();
          continue;
        }
      }
      silent = outcome.kind === 'no-answer' && outcome.sentBytes === 0 ? silent + 1 : 0;
      await explain(outcome, request.url, silent, context);
      throw toPutError(outcome, context.environment);
    }
  });
}

async function putOnce(
  piece: Piece,
  { environment, signal, line, turn }: PieceContext,
): Promise<{ readonly outcome: PutOutcome; readonly request: PresignedRequest }> {
  // Before the line is taken, so that a service that is down holds up nobody who has his URLs.
  const { request: first } = await piece.request();
  const leave = await line.take(turn, signal);
  let giveBack = leave;
  try {
    giveBack = await storeSlots(first.url, line.most, environment).take(signal);
    const { request, lifeMs } = await piece.request();
    line.fit(piece.body.size, lifeMs / 2);
    const { onProgress } = piece;
    const running = turn.running();
    const outcome = await putObject(request, piece.body, { environment, signal, running, onProgress });
    return { outcome, request };
  } finally {
    giveBack();
    leave();
  }
}

/** Looks behind an outcome that does not tell its reason. @throws UploadError `file-changed`, `cors` */
async function explain(
  outcome: PutOutcome,
  url: string,
  silent: number,
  context: PieceContext,
): Promise<void> {
  if (isOverload(outcome)) context.line.halve();
  if (outcome.kind === 'stalled') context.onStalled();
  await checkUnchanged(context);
  if (silent < maxSilent) return;
  const cors = await (await loadWhyNoAnswer())?.whyNoStore(url, context);
  if (cors !== undefined) throw new UploadError('cors', cors);
}

/** The service knows by how much, when its own calls to the store are refused for it. @throws UploadError */
async function skewed({ hasArrived }: Piece, ms: number): Promise<UploadError> {
  await hasArrived();
  return new UploadError(
    'clock-skewed',
    `The clocks of the signing service and the store differ by ${Math.round(ms / 1000)} seconds or more.`,
  );
}

function tooSlow(): UploadError {
  return new UploadError(
    'line-too-slow',
    'The upload takes longer than its URL lives. Try a faster connection, or a longer lifetime.',
  );
}
