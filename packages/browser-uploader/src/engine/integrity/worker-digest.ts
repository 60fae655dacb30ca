import { loadWhyNoWorker } from '../on-demand.ts';

import { settleWith } from '../settle-with.ts';
import type { WorkerAlgorithm, WorkerAnswer, WorkerRequest } from './worker-messages.ts';
import { toWorkerUrl } from './worker-url.ts';

const usualLoadMs = 30_000;

/** Sums of Blobs, made beside the page. */
export interface WorkerDigest {
  /**
   * Rejects with the signal's reason, with what the browser says when the bytes cannot be read, or with an
   * `UploadError` `invalid-configuration` when the Worker does not start.
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

/**
 * The Worker is loaded at the first sum.
 * @param workerUrl Of `checksum-worker.js`; beside this module by default
 * @param loadMs Of a Worker that says nothing for so long it is told that it did not start
 */
export function createWorkerDigest(
  // Vite makes a data: URL of a small file otherwise, which no page's policy should let through.
  workerUrl = new URL('./checksum-worker.js?no-inline', import.meta.url),
  startWorker: StartWorker = browserWorker,
  loadMs = usualLoadMs,
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
    let isReady = false;
    const fail = (reason?: string) => {
      if (worker !== started) return;
      end();
      const failed = [...waiting.values()];
      waiting.clear();
      const tell = (error: Error) => failed.forEach(({ reject }) => reject(error));
      void whyNot(workerUrl, reason).then(tell, tell);
    };
    started.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      if (data.kind === 'ready') isReady = true;
      else {
        settle(waiting.get(data.id), data);
        waiting.delete(data.id);
      }
    });
    // Of what it could not load, the browser says nothing.
    started.addEventListener('error', ({ message }) => fail(message));
    AbortSignal.timeout(loadMs).addEventListener('abort', () => {
      if (!isReady) fail('no word from it');
    });
    return started;
  };
  return {
    end,
    digest: async (algorithm, bytes, signal) => {
      signal.throwIfAborted();
      try {
        worker ??= start();
      } catch (cause) {
        throw await whyNot(workerUrl, String(cause));
      }
      const running = worker;
      return settleWith<Uint8Array>(signal, (resolve, reject) => {
        const id = (count += 1);
        waiting.set(id, { resolve, reject });
        post(running, { kind: 'digest', id, algorithm, bytes });
        return () => {
          waiting.delete(id);
          post(running, { kind: 'cancel', id });
        };
      });
    },
  };
}

function browserWorker(url: string | URL): Worker {
  return new Worker(url, { type: 'module', name: 'valetkey-checksum' });
}

function settle(waiting: Waiting | undefined, answer: Exclude<WorkerAnswer, { kind: 'ready' }>): void {
  if (answer.kind === 'digest') waiting?.resolve(answer.digest);
  else waiting?.reject(new DOMException(answer.message, answer.name));
}

function post(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request, []);
}

async function whyNot(url: URL, reason?: string): Promise<Error> {
  const { whyNoWorker } = await loadWhyNoWorker();
  return whyNoWorker(url, reason);
}
