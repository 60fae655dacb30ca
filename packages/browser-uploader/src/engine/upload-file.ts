/** One file from its first request to its verified end. */
import type { PresignedRequest } from '@valetkey/protocol';

import type { Environment } from './environment.ts';
import { putObject, type PutOutcome } from './put-object.ts';
import { parseRetryAfter } from './retry-after.ts';
import { withRetries } from './retry.ts';
import type { ServerClock } from './server-clock.ts';
import type { BegunUpload, CompletedUpload, ServiceClient } from './service-client.ts';
import { isExpiry } from './store-error.ts';
import { UploadError } from './upload-error.ts';

/** A URL is renewed before a PUT when less of its life than this is left. */
const leastLifeMs = 10_000;
/** A file that outlives this many URLs is on a line that no URL's life is long enough for. */
const maxExpiries = 2;

/** Parts whose requests are asked for together. */
const partWindow = 16;

type BegunMultipart = Extract<BegunUpload, { mode: 'multipart' }>;

/** What uploading one file needs. */
export interface FileContext {
  readonly service: ServiceClient;
  readonly clock: ServerClock;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
  readonly onStalled: () => void;
}

/**
 * Sends a file that was begun and has it verified.
 * @throws UploadError; the signal's reason when it was aborted
 */
export async function uploadFile(
  begun: BegunUpload,
  file: Blob,
  context: FileContext,
): Promise<CompletedUpload> {
  const parts = await send(begun, file, context);
  const { environment, signal } = context;
  const asked = { id: begun.id, ...(parts.length === 0 ? {} : { parts }) };
  return withRetries({ environment, signal }, () => context.service.complete(asked));
}

/** Returns when the store may have the file: `complete` decides. */
async function send(begun: BegunUpload, file: Blob, context: FileContext): Promise<SentPart[]> {
  const { service } = context;
  if (begun.mode === 'multipart') return sendParts(begun, file, context);
  const whole = {
    body: file,
    first: begun.request,
    renew: async () => (await service.sign(begun.id)).request,
    hasArrived: async () => (await service.status(begun.id)).status === 'completed',
  };
  await sendPiece(whole, context);
  return [];
}

/** Part after part; requests are asked for a window at a time. */
async function sendParts(begun: BegunMultipart, file: Blob, context: FileContext): Promise<SentPart[]> {
  const { id, partBytes, partCount } = begun;
  const known = new Map(begun.parts.map((part) => [part.partNumber, part]));
  const ask = async (partNumber: number) => {
    const length = Math.min(partWindow, partCount - partNumber + 1);
    const partNumbers = Array.from({ length }, (_, index) => partNumber + index);
    for (const part of (await context.service.parts({ id, partNumbers })).parts)
      known.set(part.partNumber, part);
    return known.get(partNumber) ?? missing(partNumber);
  };
  const sent: SentPart[] = [];
  for (let partNumber = 1; partNumber <= partCount; partNumber += 1) {
    const offset = (partNumber - 1) * partBytes;
    const piece = {
      body: file.slice(offset, offset + partBytes),
      first: known.get(partNumber) ?? (await ask(partNumber)),
      renew: () => ask(partNumber),
      hasArrived: async () => false,
    };
    const onProgress = (sentBytes: number) => context.onProgress(offset + sentBytes);
    const etag = await sendPiece(piece, { ...context, onProgress });
    if (etag !== undefined) sent.push({ partNumber, etag });
  }
  return sent;
}

/** A part as `complete` wants it named. */
interface SentPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** A file or a part of one. */
interface Piece {
  readonly body: Blob;
  readonly first: PresignedRequest;
  readonly renew: () => Promise<PresignedRequest>;
  /** Whether a PUT without an answer arrived all the same. */
  readonly hasArrived: () => Promise<boolean>;
}

/** The ETag, where the store lets the page see it. */
async function sendPiece(
  { body, first, renew, hasArrived }: Piece,
  context: FileContext,
): Promise<string | undefined> {
  const { environment, signal } = context;
  let request = first;
  let expiries = 0;
  let silent = 0;
  return withRetries({ environment, signal }, async (attempt) => {
    if (attempt > 0 && (await hasArrived())) return undefined;
    for (;;) {
      if (isAging(request, context.clock)) request = await renew();
      const outcome = await putObject(request, body, context);
      if (outcome.kind === 'refused' && isExpiry(outcome.error)) {
        expiries += 1;
        if (expiries > maxExpiries) throw tooSlow();
        request = await renew();
        continue;
      }
      silent = outcome.kind === 'no-answer' && outcome.sentBytes === 0 ? silent + 1 : 0;
      if (silent >= 2) await checkReachable(request, context);
      judge(outcome, context);
      return outcome.kind === 'stored' ? outcome.etag : undefined;
    }
  });
}

function missing(partNumber: number): never {
  throw new UploadError('network', `The signing service left part ${partNumber} out.`);
}

function isAging({ expiresAt }: PresignedRequest, clock: ServerClock): boolean {
  return Date.parse(expiresAt) - clock.now() < leastLifeMs;
}

/** Returns when `complete` should be asked; otherwise throws what the outcome means. */
function judge(outcome: PutOutcome, { environment, onStalled }: FileContext): void {
  switch (outcome.kind) {
    case 'stored':
      return;
    case 'stalled':
      onStalled();
      throw new UploadError('stalled', 'The upload made no progress for 30 seconds.', { retryable: true });
    case 'no-answer':
      throw new UploadError('network', 'The connection to the store broke. Look at your connection.', {
        retryable: true,
      });
    case 'refused': {
      const { status, code, message } = outcome.error;
      // 412: an object is there already, perhaps our own from an answer that was lost.
      if (status === 412) return;
      throw new UploadError('store-refused', refusalOf(status, code, message), {
        status,
        // 409: another write of the same key is under way.
        retryable: status === 408 || status === 409 || status === 429 || status >= 500,
        retryAfterMs: parseRetryAfter(outcome.retryAfter, environment.now()),
      });
    }
  }
}

function refusalOf(status: number, code: string, message: string): string {
  const reason = [code, message].filter((part) => part !== '').join(': ');
  return `The store refused the upload with status ${status}${reason === '' ? '' : ` (${reason})`}.`;
}

function tooSlow(): UploadError {
  return new UploadError(
    'line-too-slow',
    'The upload takes longer than its URL may live. Try a faster connection, or ask for a longer lifetime in the policy.',
  );
}

/**
 * After PUTs that sent nothing: a page that may not be answered and a store that is not there look alike, but
 * only the first answers a request that asks for nothing.
 */
async function checkReachable(
  request: PresignedRequest,
  { environment, signal }: FileContext,
): Promise<void> {
  const { origin } = new URL(request.url);
  try {
    await environment.fetch(`${origin}/`, {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
  } catch {
    // Not there either: a network error like any other, tried again by the caller.
    signal.throwIfAborted();
    return;
  }
  const page = environment.pageOrigin();
  throw new UploadError(
    'cors',
    `The store at ${origin} does not let this page upload (CORS). Its bucket needs a CORS rule with ` +
      `AllowedOrigins ["${page}"], AllowedMethods ["PUT"], AllowedHeaders ["*"], ExposeHeaders ["ETag"].`,
  );
}
