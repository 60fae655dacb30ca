/** One file from its first request to its verified end. */
import { loadSameBytes, loadUploadParts } from './on-demand.ts';

import type { BeginAhead } from './begin-ahead.ts';
import { beginUpload, type BeginContext } from './begin-upload.ts';
import { canGoOn } from './can-go-on.ts';
import { markOf, rethrowRead } from './file-guard.ts';
import { finishUpload } from './finish-upload.ts';
import type { OpenUpload } from './open-upload.ts';
import { createProgress } from './progress.ts';
import type { PartsContext } from './send-parts.ts';
import { sendWhole } from './send-whole.ts';
import type { CompletedUpload } from './service-client.ts';
import { untilAborted } from './settle-with.ts';
import { isForgotten } from './take-up.ts';
import { takeUpOrBegin } from './take-up-or-begin.ts';
import { UploadError } from './upload-error.ts';

/** Times that an upload which the service or the store has lost is begun afresh. */
const maxRestarts = 1;

/** What uploading one file needs. */
export interface FileContext extends Omit<PartsContext, 'mark' | 'progress'>, BeginContext {
  readonly ahead: BeginAhead;
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
    const leave = await context.ahead.enter(context.declared.bytes, context.signal);
    try {
      const upload = await (restarts === 0 ? takeUpOrBegin(context) : beginUpload(context));
      const completed = await attempt(upload, { leave, mayRestart: restarts < maxRestarts }, context);
      if (completed !== undefined) return completed;
    } finally {
      leave();
    }
  }
}

type AttemptContext = FileContext & Omit<PartsContext, 'progress'>;

/** Undefined when the upload was lost and the file should be begun afresh. */
async function attempt(
  upload: OpenUpload,
  { leave, mayRestart }: { readonly leave: () => void; readonly mayRestart: boolean },
  context: AttemptContext,
): Promise<CompletedUpload | undefined> {
  try {
    return await whenItsTurn(upload, leave, context);
  } catch (error) {
    const isLost = error instanceof UploadError && isForgotten(error) && error.code !== 'forbidden';
    if (!context.signal.aborted && isLost && mayRestart) return undefined;
    await giveUp(upload, error, context);
    throw error;
  }
}

async function whenItsTurn(
  upload: OpenUpload,
  leave: () => void,
  context: AttemptContext,
): Promise<CompletedUpload | undefined> {
  const { turn, signal, declared, memory } = context;
  // A paused file is in nobody's way.
  turn.running().addEventListener('abort', leave, { once: true });
  if (turn.isPaused()) leave();
  await turn.hold();
  leave();
  const progress = createProgress(declared.bytes, context.onProgress);
  const completed = await untilAborted(signal, transfer(upload, { ...context, progress }));
  if (completed !== undefined) await memory.forget();
  return completed;
}

/** Undefined when what an earlier page sent is not this file. */
async function transfer(
  upload: OpenUpload,
  context: FileContext & PartsContext,
): Promise<CompletedUpload | undefined> {
  const { id, transfer } = upload;
  switch (transfer.mode) {
    case 'none': {
      const completed = await finishUpload({ id }, context);
      const sameBytes = await loadSameBytes();
      const isSame = await sameBytes?.isSameObject(completed, transfer.plan, context).catch(rethrowRead);
      return isSame === true ? completed : undefined;
    }
    case 'put':
      await sendWhole(id, transfer.request, context);
      // Others may send while this one is verified.
      context.turn.end();
      return finishUpload({ id }, context);
    case 'multipart': {
      const { uploadParts } = await loadUploadParts();
      return uploadParts(upload, transfer, context);
    }
  }
}

/**
 * What was sent of a file that was cancelled, or that cannot be taken up again, is of no use to anybody. Whether the
 * service hears of it changes nothing for the caller.
 */
async function giveUp({ id, transfer }: OpenUpload, error: unknown, context: FileContext): Promise<void> {
  const { signal, memory, service } = context;
  if (!signal.aborted && canGoOn(error) && (await memory.recall())?.id === id) return;
  if (!signal.aborted && transfer.mode !== 'multipart') return;
  await memory.forget();
  void service.abort(id).catch(() => undefined);
}
