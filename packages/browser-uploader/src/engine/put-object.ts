/** One PUT of one Blob to the store, watched. */
import type { PresignedRequest } from '@valetkey/protocol';

import type { Environment } from './environment.ts';
import { parseStoreError, type StoreError } from './store-error.ts';

const stallMs = 30_000;

/** How a PUT ended. Only an abort rejects. */
export type PutOutcome =
  /** The ETag where the store lets the page see it. */
  | { readonly kind: 'stored'; readonly etag: string | undefined }
  | { readonly kind: 'refused'; readonly error: StoreError; readonly retryAfter: string | null }
  /** No answer. When everything was sent, the store may have it all the same. */
  | { readonly kind: 'no-answer'; readonly sentBytes: number; readonly sentAll: boolean }
  | { readonly kind: 'stalled'; readonly sentBytes: number };

/** What a PUT is told of and tells. */
export interface PutContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly onProgress: (sentBytes: number) => void;
}

/**
 * Sends the bytes with exactly the headers that were signed. No progress for 30 s is a stall: the PUT is given
 * up.
 */
export async function putObject(
  { method, url, headers }: PresignedRequest,
  file: Blob,
  { environment, signal, onProgress }: PutContext,
): Promise<PutOutcome> {
  signal.throwIfAborted();
  const xhr = environment.createXhr();
  const watch = new AbortController();
  let sentBytes = 0;
  let sentAll = false;
  let lastMs = environment.now();
  const outcome = new Promise<PutOutcome>((resolve) => {
    xhr.upload.addEventListener('progress', ({ loaded }) => {
      lastMs = environment.now();
      sentBytes = loaded;
      onProgress(loaded);
    });
    xhr.upload.addEventListener('load', () => {
      lastMs = environment.now();
      sentAll = true;
    });
    xhr.addEventListener('load', () =>
      resolve(
        xhr.status >= 200 && xhr.status < 300
          ? { kind: 'stored', etag: xhr.getResponseHeader('etag') ?? undefined }
          : {
              kind: 'refused',
              error: parseStoreError(xhr.status, xhr.responseText),
              retryAfter: xhr.getResponseHeader('retry-after'),
            },
      ),
    );
    for (const type of ['error', 'timeout', 'abort'] as const) {
      xhr.addEventListener(type, () => resolve({ kind: 'no-answer', sentBytes, sentAll }));
    }
    void endWhenStalled(environment, watch.signal, {
      lastMs: () => lastMs,
      end: () => {
        resolve({ kind: 'stalled', sentBytes });
        xhr.abort();
      },
    });
  });
  const onAbort = () => xhr.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    // A slice without a type: the browser adds none of its own, and the signed header stands.
    xhr.send(file.slice(0, file.size, headers['content-type'] ?? ''));
    const settled = await outcome;
    signal.throwIfAborted();
    return settled;
  } finally {
    watch.abort();
    signal.removeEventListener('abort', onAbort);
  }
}

interface Watched {
  /** When something moved last. */
  readonly lastMs: () => number;
  readonly end: () => void;
}

/** Ends what has not moved for too long; stops looking when the watch is over. */
async function endWhenStalled(
  environment: Environment,
  watch: AbortSignal,
  { lastMs, end }: Watched,
): Promise<void> {
  for (;;) {
    const leftMs = lastMs() + stallMs - environment.now();
    if (leftMs <= 0) {
      end();
      return;
    }
    try {
      await environment.sleep(leftMs, watch);
    } catch (error) {
      if (watch.aborted) return;
      throw error;
    }
  }
}
