import type { WorkerAlgorithm, WorkerAnswer, WorkerRequest } from './worker-messages.ts';
import { toWorkerUrl } from './worker-url.ts';

/** Sums of Blobs, made beside the page. */
export interface WorkerDigest {
  /**
   * Rejects with the signal's reason, with what the browser says when the bytes cannot be read, or with a `TypeError`
   * when there is no Worker.
   */
  readonly digest: (algorithm: WorkerAlgorithm, bytes: Blob, signal: AbortSignal) => Promise<Uint8Array>;
  /** Stops the Worker; what it was at is never answered. */
  readonly end: () => void;
}

/** Begins a Worker of a file. */
export type StartWorker = (url: string | URL) => Worker;

interface Waiting {
  readonly resolve: (digest: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** The Worker is loaded at the first sum. @param workerUrl Of `checksum-worker.js`; beside this module by default */
export function createWorkerDigest(
  // Vite makes a data: URL of a small file otherwise, which no page's policy should let through.
  workerUrl = new URL('./checksum-worker.js?no-inline', import.meta.url),
  startWorker: StartWorker = browserWorker,
): WorkerDigest {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let count = 0;
  const end = () => {
    worker?.terminate();
    worker = undefined;
  };
  const start = () => {
    const started = startWorker(toWorkerUrl(workerUrl));
    started.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      settle(waiting.get(data.id), data);
      waiting.delete(data.id);
    });
    started.addEventListener('error', () => {
      end();
      for (const { reject } of waiting.values()) reject(notLoaded(workerUrl));
      waiting.clear();
    });
    return started;
  };
  return {
    end,
    digest: (algorithm, bytes, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        worker ??= start();
        const running = worker;
        const id = (count += 1);
        const onAbort = () => {
          waiting.delete(id);
          post(running, { kind: 'cancel', id });
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        const left = () => signal.removeEventListener('abort', onAbort);
        waiting.set(id, { resolve: runFirst(left, resolve), reject: runFirst(left, reject) });
        post(running, { kind: 'digest', id, algorithm, bytes });
      }),
  };
}

function browserWorker(url: string | URL): Worker {
  return new Worker(url, { type: 'module', name: 'valetkey-checksum' });
}

function settle(waiting: Waiting | undefined, answer: WorkerAnswer): void {
  if (answer.kind === 'digest') waiting?.resolve(answer.digest);
  else waiting?.reject(new DOMException(answer.message, answer.name));
}

function runFirst<T>(first: () => void, then: (value: T) => void): (value: T) => void {
  return (value) => {
    first();
    then(value);
  };
}

function post(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request, []);
}

function notLoaded({ pathname }: URL): TypeError {
  return new TypeError(
    `The checksum Worker could not be loaded from ${pathname}. Serve checksum-worker.js there or name its ` +
      `address with workerUrl, and allow it in the page's policy (worker-src 'self').`,
  );
}
