/** One PUT of one Blob to the store, watched. */
import type { PresignedRequest } from '@valetkey/protocol';

import type { Environment } from './environment.ts';
import { parseStoreError, type StoreError } from './store-error.ts';

const stallMs = 30_000;
/** A connection that has not moved for so long when the browser comes online is one from before. */
const deadMs = 1_000;

/** How a PUT ended. Only an abort by the signal rejects. */
export type PutOutcome =
  /** The ETag where the store lets the page see it. */
  | { readonly kind: 'stored'; readonly etag: string | undefined; readonly ms: number }
  | { readonly kind: 'refused'; readonly error: StoreError; readonly retryAfter: string | null }
  /** No answer. When everything was sent, the store may have it all the same. */
  | { readonly kind: 'no-answer'; readonly sentBytes: number; readonly sentAll: boolean }
  | { readonly kind: 'stalled'; readonly sentAll: boolean }
  | { readonly kind: 'paused'; readonly sentAll: boolean };

/** What a PUT is told of and tells. */
export interface PutContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Aborted when the file is paused. */
  readonly running: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
}

/**
 * Sends the bytes with exactly the headers that were signed. No progress for 30 s is a stall: the PUT is given
 * up.
 */
export async function putObject(
  { method, url, headers }: PresignedRequest,
  body: Blob,
  { environment, signal, running, onProgress }: PutContext,
): Promise<PutOutcome> {
  signal.throwIfAborted();
  if (running.aborted) return { kind: 'paused', sentAll: false };
  const xhr = environment.createXhr();
  const over = new AbortController();
  const startMs = environment.now();
  let lastMs = startMs;
  let sentBytes = 0;
  let sentAll = false;
  const { promise, resolve } = Promise.withResolvers<PutOutcome>();
  const end = (outcome: PutOutcome) => {
    resolve(outcome);
    xhr.abort();
  };
  xhr.upload.addEventListener('progress', ({ loaded }) => {
    if (loaded <= sentBytes) return;
    lastMs = environment.now();
    sentBytes = loaded;
    onProgress(loaded);
  });
  xhr.upload.addEventListener('load', () => {
    lastMs = environment.now();
    sentAll = true;
  });
  xhr.addEventListener('load', () => resolve(answerOf(xhr, environment.now() - startMs)));
  // An abort that nobody here caused is an error of the network like the others.
  for (const type of ['error', 'timeout', 'abort'] as const) {
    xhr.addEventListener(type, () => resolve({ kind: 'no-answer', sentBytes, sentAll }));
  }
  const until = { signal: over.signal };
  running.addEventListener('abort', () => end({ kind: 'paused', sentAll }), until);
  signal.addEventListener('abort', () => xhr.abort(), until);
  try {
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    const watched = { lastMs: () => lastMs, environment, over: over.signal };
    void watch(
      over.signal,
      endWhenStalled(watched, () => end({ kind: 'stalled', sentAll })),
    );
    void watch(
      over.signal,
      endWhenDead(watched, () => end({ kind: 'no-answer', sentBytes, sentAll })),
    );
    // Without a type of its own the browser adds none; where one is signed, the Blob's does not count (XMLHttpRequest,
    // section 4.5.6).
    xhr.send('content-type' in headers || body.type === '' ? body : body.slice());
    const outcome = await promise;
    signal.throwIfAborted();
    return outcome;
  } finally {
    over.abort();
  }
}

function answerOf(xhr: XMLHttpRequest, ms: number): PutOutcome {
  if (xhr.status >= 200 && xhr.status < 300) {
    return { kind: 'stored', etag: xhr.getResponseHeader('etag') ?? undefined, ms };
  }
  const error = parseStoreError(xhr.status, xhr.responseText);
  return { kind: 'refused', error, retryAfter: xhr.getResponseHeader('retry-after') };
}

interface Watched {
  readonly environment: Environment;
  /** When something moved last. */
  readonly lastMs: () => number;
  readonly over: AbortSignal;
}

/** Ends what has not moved for too long. */
async function endWhenStalled({ environment, lastMs, over }: Watched, end: () => void): Promise<void> {
  for (;;) {
    const leftMs = lastMs() + stallMs - environment.now();
    if (leftMs <= 0) return end();
    await environment.sleep(leftMs, over);
  }
}

/** Some connections that were open while the browser was offline never tell that they are gone. */
async function endWhenDead({ environment, lastMs, over }: Watched, end: () => void): Promise<void> {
  for (;;) {
    await environment.untilOnline(over);
    if (environment.now() - lastMs() >= deadMs) end();
  }
}

/** Watching ends with the PUT. */
async function watch(over: AbortSignal, watching: Promise<void>): Promise<void> {
  try {
    await watching;
  } catch (error) {
    if (!over.aborted) throw error;
  }
}
