/** A file's upload of before where it goes on, else a new one. */
import { beginUpload, type BeginContext } from './begin-upload.ts';
import { canGoOn } from './can-go-on.ts';
import type { OpenUpload } from './open-upload.ts';
import type { TakenUpload } from './resume/resume-store.ts';
import type { ServiceClient } from './service-client.ts';
import { isSame, takeUp } from './take-up.ts';

/**
 * An upload of before that cannot go on, or whose place another takes, is given up in the store, where it is sure that
 * no other page is at it.
 * @throws UploadError; the signal's reason
 */
export async function takeUpOrBegin(context: BeginContext): Promise<OpenUpload> {
  const { declared, memory, service, checksum } = context;
  const known = await memory.recall();
  if (known === undefined) return beginUpload(context);
  if (!isSame(known, declared, checksum?.algorithm)) {
    // Until the other is begun this one can still go on, on its own terms.
    const begun = await beginUpload(context);
    abandon(known, service);
    return begun;
  }
  try {
    const resumed = await takeUp(known, service, context);
    if (resumed !== undefined) return resumed;
  } catch (error) {
    if (!canGoOn(error) && isLeft(known)) {
      await memory.forget();
      abandon(known, service);
    }
    throw error;
  }
  abandon(known, service);
  return beginUpload(context);
}

/** Whether the service hears of it changes nothing for the file. */
function abandon(known: TakenUpload, service: ServiceClient): void {
  if (isLeft(known)) void service.abort(known.id).catch(() => undefined);
}

/** Whether it has left something in the store that nobody else goes on with. One PUT leaves nothing behind. */
function isLeft({ partBytes, isExclusive }: TakenUpload): boolean {
  return isExclusive === true && partBytes !== undefined;
}
