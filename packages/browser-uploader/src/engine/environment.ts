/**
 * What the engine takes from the browser, passed in, so that tests decide what time it is and what the line does.
 * Nothing of the browser is touched before the first upload: importing and constructing work on a server too.
 */

import { settleWith } from './settle-with.ts';

/**
 * What the engine takes from the browser.
 * @public
 */
export interface Environment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly createXhr: () => XMLHttpRequest;
  /** Milliseconds since the epoch by this machine's clock, which may be wrong. */
  readonly now: () => number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to less than 1. */
  readonly random: () => number;
  readonly isOnline: () => boolean;
  /** Resolves when the browser says that it is online. */
  readonly untilOnline: (signal: AbortSignal) => Promise<void>;
  readonly newNonce: () => string;
  /** @default the browser's own */
  readonly startWorker?: (url: string | URL) => Worker;
  /** Origin of the page, for messages. */
  readonly pageOrigin: () => string;
}

/** The browser. */
export const browserEnvironment: Environment = {
  fetch: (url, init) => globalThis.fetch(url, init),
  createXhr: () => new XMLHttpRequest(),
  now: () => Date.now(),
  sleep: (ms, signal) =>
    settleWith<void>(signal, (done) => {
      const timer = setTimeout(done, ms);
      return () => clearTimeout(timer);
    }),
  random: () => Math.random(),
  isOnline: () => globalThis.navigator?.onLine ?? true,
  untilOnline: (signal) =>
    settleWith<void>(signal, (done) => {
      const onOnline = () => done();
      // A server that asks for limits is never told.
      globalThis.addEventListener?.('online', onOnline, { once: true });
      return () => globalThis.removeEventListener?.('online', onOnline);
    }),
  newNonce: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
  pageOrigin: () => globalThis.location?.origin ?? 'this page',
};
