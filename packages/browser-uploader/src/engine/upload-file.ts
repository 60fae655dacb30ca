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
  await send(begun, file, context);
  const { environment, signal } = context;
  return withRetries({ environment, signal }, () => context.service.complete(begun.id));
}

/** Returns when the store may have the file: `complete` decides. */
async function send(begun: BegunUpload, file: Blob, context: FileContext): Promise<void> {
  const { environment, signal, service } = context;
  let { request } = begun;
  let expiries = 0;
  let silent = 0;
  await withRetries({ environment, signal }, async (attempt) => {
    // A PUT without an answer may have arrived all the same.
    if (attempt > 0 && (await hasArrived(begun.id, context))) return;
    for (;;) {
      if (isAging(request, context.clock)) ({ request } = await service.sign(begun.id));
      const outcome = await putObject(request, file, context);
      if (outcome.kind === 'refused' && isExpiry(outcome.error)) {
        expiries += 1;
        if (expiries > maxExpiries) throw tooSlow();
        ({ request } = await service.sign(begun.id));
        continue;
      }
      silent = outcome.kind === 'no-answer' && outcome.sentBytes === 0 ? silent + 1 : 0;
      if (silent >= 2) await checkReachable(request, context);
      judge(outcome, context);
      return;
    }
  });
}

async function hasArrived(id: string, { service }: FileContext): Promise<boolean> {
  const { status } = await service.status(id);
  return status === 'completed';
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
