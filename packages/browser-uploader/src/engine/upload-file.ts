/** One file from its first request to its verified end. */
import type { BeginAhead } from './begin-ahead.ts';
import { markOf, toReadError } from './file-guard.ts';
import { finishParts, finishUpload } from './finish-upload.ts';
import { toOpenUpload, type Declared, type OpenUpload } from './open-upload.ts';
import { createProgress } from './progress.ts';
import { withRetries } from './retry.ts';

import { sendParts, type PartsContext } from './send-parts.ts';
import { sendWhole } from './send-whole.ts';
import type { CompletedUpload } from './service-client.ts';
import { untilAborted } from './settle-with.ts';
import { isForgotten, isSame, takeUp, type Memory } from './take-up.ts';
import { UploadError } from './upload-error.ts';

/** Times that an upload which the service or the store has lost is begun afresh. */
const maxRestarts = 1;

/** Failures after which the same upload can go on another time. */
const lasting: ReadonlySet<string> = new Set([
  'network',
  'cors',
  'stalled',
  'store-refused',
  'store-unavailable',
  'line-too-slow',
  'rate-limited',
  'unauthenticated',
  'credentials-unavailable',
  'credentials-expired',
]);

/** What uploading one file needs. */
export interface FileContext extends Omit<PartsContext, 'mark' | 'progress'> {
  readonly ahead: BeginAhead;
  readonly memory: Memory;
  readonly declared: Omit<Declared, 'nonce' | 'checksum'>;
  /** Files of at most so many bytes go up in one piece; asked only where the file's checksum is wanted. */
  readonly thresholdBytes: () => Promise<number>;
  readonly onProgress: (sentBytes: number) => void;
}

/**
 * Begins a file or takes it up again, sends it and has it verified. An upload that failed and that cannot be taken
 * up again is given up in the store.
 * @throws UploadError; the signal's reason when it was aborted
 */
export async function uploadFile(file: FileContext): Promise<CompletedUpload> {
  const context = { ...file, mark: markOf(file.file) };
  for (let restarts = 0; ; restarts += 1) {
    const upload = await open(context, restarts);
    const progress = createProgress(context.declared.bytes, context.onProgress);
    try {
      const completed = await untilAborted(context.signal, transfer(upload, { ...context, progress }));
      await context.memory.forget();
      return completed;
    } catch (error) {
      const isLost = error instanceof UploadError && isForgotten(error) && error.code !== 'forbidden';
      if (!context.signal.aborted && isLost && restarts < maxRestarts) continue;
      await giveUp(upload, error, context);
      throw error;
    }
  }
}

/** In the order of admission, so that many small files are begun together. */
async function open(context: FileContext, restarts: number): Promise<OpenUpload> {
  const { ahead, turn, signal, declared, memory, service } = context;
  const leave = await ahead.enter(declared.bytes, signal);
  try {
    const known = restarts === 0 ? await memory.recall() : undefined;
    const resumed =
      known && isSame(known, declared, context.checksum?.algorithm)
        ? await takeUp(known, service, context)
        : undefined;
    const upload = resumed ?? (await begin(context));
    // A paused file is in nobody's way.
    turn.running().addEventListener('abort', leave, { once: true });
    if (turn.isPaused()) leave();
    await turn.hold();
    return upload;
  } finally {
    leave();
  }
}

async function begin(context: FileContext): Promise<OpenUpload> {
  const { service, signal, declared, memory, environment } = context;
  const nonce = environment.newNonce();
  const checksum = await checksumOf(context);
  const file = { ...declared, nonce, ...checksum };
  const begun = await withRetries(context, async (attempt) => {
    const work = service.begin({ ...file, ...(attempt > 0 ? { retry: true } : {}) });
    try {
      return await untilAborted(signal, work);
    } catch (error) {
      // What is begun in spite of it is given up as soon as it is known.
      if (signal.aborted) void work.then(({ id }) => service.abort(id)).catch(() => undefined);
      throw error;
    }
  });
  const { id, key, expiresAt } = begun;
  const partBytes = begun.mode === 'multipart' ? begun.partBytes : undefined;
  await memory.keep({
    ...declared,
    algorithm: checksum.checksum?.algorithm,
    id,
    nonce,
    key,
    expiresAt,
    partBytes,
  });
  return toOpenUpload(begun, declared.bytes);
}

/** The whole file's digest where it goes up in one piece; parts have their own. */
async function checksumOf({
  checksum,
  declared: { bytes },
  file,
  signal,
  thresholdBytes,
}: FileContext): Promise<Pick<Declared, 'checksum'>> {
  if (checksum === undefined) return {};
  const { algorithm } = checksum;
  if (bytes > (await thresholdBytes())) return { checksum: { algorithm } };
  try {
    return { checksum: { algorithm, value: await checksum.digest(file, signal) } };
  } catch (error) {
    throw toReadError(error);
  }
}

async function transfer(upload: OpenUpload, context: FileContext & PartsContext): Promise<CompletedUpload> {
  const { id, transfer } = upload;
  switch (transfer.mode) {
    case 'none':
      return finishUpload({ id }, context);
    case 'put':
      await sendWhole(id, transfer.request, context);
      // Others may send while this one is verified.
      context.turn.end();
      return finishUpload({ id }, context);
    case 'multipart': {
      const sent = await sendParts(upload, transfer, context);
      context.turn.end();
      return finishParts(upload, transfer.plan, sent, context);
    }
  }
}

/**
 * What was sent of a file that was cancelled, or that cannot be taken up again, is of no use to anybody. Whether the
 * service hears of it changes nothing for the caller.
 */
async function giveUp({ id, transfer }: OpenUpload, error: unknown, context: FileContext): Promise<void> {
  const { signal, memory, service } = context;
  const isLasting = error instanceof UploadError && lasting.has(error.code);
  if (!signal.aborted && isLasting && (await memory.recall())?.id === id) return;
  if (!signal.aborted && transfer.mode !== 'multipart') return;
  await memory.forget();
  void service.abort(id).catch(() => undefined);
}
