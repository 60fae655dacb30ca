import type { ListWatch, WatchEvent } from './list-watch.ts';
import type { Timers } from './timer.ts';

interface WatchOnceRequest<T> {
  readonly listWatch: ListWatch<T>;
  readonly timers: Timers;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  /** Longest time without any event, bookmarks included. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onEvent: (event: WatchEvent<T>) => void;
}

/**
 * One watch, from its request to its end. A connection that says nothing for `silenceMs` is given up: a peer
 * that vanished without a word looks just like a quiet one. It ends with the signal even when the watch itself
 * does not, and hears nothing after its end.
 * @returns why it ended; rejects as the watch does.
 * @internal
 */
export function watchOnce<T>(request: WatchOnceRequest<T>): Promise<'ended' | 'gone' | 'silent'> {
  const { listWatch, timers, resourceVersion, timeoutSeconds, silenceMs, signal } = request;
  return new Promise((resolve, reject) => {
    const inner = new AbortController();
    let over = false;
    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      disarm();
      signal.removeEventListener('abort', stop);
      inner.abort();
      settle();
    };
    const stop = (): void => end(() => resolve('ended'));
    const giveUp = (): void => end(() => resolve('silent'));
    let disarm = timers.setTimeout(giveUp, silenceMs);
    const hear = (tell: () => void): void => {
      if (over) return;
      disarm();
      disarm = timers.setTimeout(giveUp, silenceMs);
      tell();
    };
    const onOpen = (): void => hear(() => request.onOpen());
    const onEvent = (event: WatchEvent<T>): void => hear(() => request.onEvent(event));

    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    listWatch.watch({ resourceVersion, timeoutSeconds, signal: inner.signal, onOpen, onEvent }).then(
      (why) => end(() => resolve(why)),
      (error: unknown) => end(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}
