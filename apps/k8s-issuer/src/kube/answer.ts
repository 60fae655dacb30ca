import type { Dispatcher } from 'undici';

/** An answer, and its body if nobody has read it while it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Reads a body piece by piece. What it throws, the request rejects with. */
export interface BodyReader {
  /** `stop` ends the answer here. */
  take(chunk: Uint8Array): 'stop' | void;
  /** The body is whole. */
  end(): void;
}

/** What is done around a request. */
export interface Listener {
  readonly signal: AbortSignal;
  /**
   * Called when the request has its connection and nothing of it is sent yet: whatever it waited for is over. What
   * it throws, the request rejects with, and nothing is sent.
   */
  readonly beforeSend?: () => void;
  /** Called once status and headers are there. @returns who reads the body; nobody: it becomes the answer's text */
  readonly onHead?: (head: Omit<Answer, 'text'>) => BodyReader | undefined;
}

/**
 * Sends a request and takes its answer in, without a stream in between: that costs more than all the rest of a call.
 * Rejects as soon as the signal aborts, also while it still waits for a connection; then it is never sent.
 * @throws what undici throws; see {@link ./exchange.ts}
 * @internal
 */
export function takeAnswer(
  pool: Dispatcher,
  options: Dispatcher.DispatchOptions,
  listener: Listener,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (listener.signal.aborted) reject(new Error('aborted before it was sent'));
    else pool.dispatch(options, new AnswerTaker(listener, { resolve, reject }));
  });
}

interface Settling {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What undici tells of one request. It settles once; what comes later is dropped. */
class AnswerTaker implements Dispatcher.DispatchHandler {
  readonly #listener: Listener;
  readonly #settling: Settling;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #head: Omit<Answer, 'text'> | undefined;
  #reader: BodyReader | undefined;
  #isOver = false;

  constructor(listener: Listener, settling: Settling) {
    this.#listener = listener;
    this.#settling = settling;
    listener.signal.addEventListener('abort', this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) return controller.abort(new Error('aborted before it was sent'));
    this.#controller = controller;
    // What this throws makes undici fail the request before it writes.
    this.#listener.beforeSend?.();
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#isOver || status < 200) return;
    this.#head = { status, headers };
    this.#reader = this.#listener.onHead?.(this.#head);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#reader === undefined) this.#chunks.push(chunk);
    else if (this.#reader.take(chunk) === 'stop') {
      this.#finish();
      this.#controller?.abort(new Error('stopped by its reader'));
    }
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#reader?.end();
    this.#finish();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#settle()) this.#settling.reject(error);
  }

  readonly #abort = (): void => {
    const error = new Error('aborted');
    if (this.#settle()) this.#settling.reject(error);
    this.#controller?.abort(error);
  };

  #finish(): void {
    if (this.#head === undefined || !this.#settle()) return;
    const [only, ...more] = this.#chunks;
    const body = more.length === 0 ? only : Buffer.concat(this.#chunks);
    this.#settling.resolve({ ...this.#head, text: body?.toString('utf8') ?? '' });
  }

  /** @returns whether it was still to be settled */
  #settle(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#listener.signal.removeEventListener('abort', this.#abort);
    return true;
  }
}
