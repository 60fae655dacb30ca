import { setTimeout as delay } from 'node:timers/promises';
import { ValetkeyError, type Grant } from '@valetkey/core';
import { callStore, type Caller } from './store-call.ts';

const abortMs = 15_000;
/** After how long the store is asked whether a part that was under way has arrived after all: soon, and once more. */
const looksMs = [250, 1000] as const;
const maxTries = 8;

/** Which upload. */
export interface UploadToAbort {
  readonly grant: Grant;
  readonly uploadId: string;
  readonly tell: (text: string) => void;
}

/**
 * Gives up a multipart upload and tells how that ended. A part that was under way when it was aborted may be kept
 * all the same, so the store is asked twice whether anything is left, and the upload aborted again until nothing is;
 * so it is where the store could not do it just then, for a part that it was storing.
 * Source: AbortMultipartUpload in the API reference. Never throws.
 */
export async function abortUpload(caller: Caller, { grant, uploadId, tell }: UploadToAbort): Promise<void> {
  const { bucket, key } = grant;
  const signal = AbortSignal.timeout(abortMs);
  const call = async (kind: 'abort-multipart' | 'list-parts') => {
    // 404: the store has put it away already.
    const answer = await callStore(caller, { kind, bucket, key, uploadId }, { signal, accept: [404] });
    answer.resume();
    return answer.statusCode;
  };
  const isGone = async () => {
    for (const ms of looksMs) {
      await delay(ms, undefined, { signal });
      if ((await call('list-parts')) !== 404) return false;
    }
    return true;
  };
  let end = '';
  for (let tries = 0; tries < maxTries; tries += 1) {
    let isAborted = false;
    try {
      await call('abort-multipart');
      isAborted = true;
      if (await isGone()) {
        tell('the multipart upload was aborted; none of its parts stays in the bucket');
        return;
      }
      end = leftBehind('the store goes on listing it');
    } catch (error) {
      const reason = error instanceof ValetkeyError ? error.code : 'an unexpected error';
      end = isAborted ? notAsked(reason) : leftBehind(reason);
      if (reason !== 'store-unavailable') break;
      await delay(looksMs[0]);
    }
  }
  tell(end);
}

function notAsked(reason: string): string {
  return `the multipart upload was aborted; whether a part stays could not be asked (${reason})`;
}

function leftBehind(reason: string): string {
  return `the multipart upload could not be aborted (${reason}); its parts stay until a lifecycle rule of the bucket removes them`;
}
