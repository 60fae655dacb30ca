/**
 * Something that a watch has told.
 * @internal
 */
export type WatchEvent<T> =
  | { readonly kind: 'set'; readonly object: T; readonly resourceVersion: string }
  /** The object is gone, or is no longer one that can be read. */
  | { readonly kind: 'gone'; readonly key: string; readonly resourceVersion: string }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string };

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Where the next page begins; absent on the last one. */
  readonly continueToken?: string;
}

/** What a watch is asked for. */
export interface WatchRequest<T> {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Called once the server has accepted the watch. */
  readonly onOpen: () => void;
  /** Called for each event, in order. When it throws, the watch rejects with that. */
  readonly onEvent: (event: WatchEvent<T>) => void;
}

/**
 * Where a reflector reads from; it hides HTTP. A rejection that carries a `status` above 0 is a server's answer, and
 * its `retryAfterSeconds` the time that the server wants to be left alone for; any other is an outage.
 * @internal
 */
export interface ListWatch<T> {
  /** Lists what is there now, page by page; rejects on any failure. */
  readonly list: (request: {
    readonly continueToken?: string;
    readonly signal: AbortSignal;
  }) => Promise<ListPage<T>>;
  /**
   * Calls `onEvent` for each change after `resourceVersion`. Resolves with `ended` when the server closed the
   * watch in order, with `gone` when it no longer knows the version (HTTP 410, or 410 inside the stream);
   * rejects on any other failure.
   */
  readonly watch: (request: WatchRequest<T>) => Promise<'ended' | 'gone'>;
}
