/** What goes wrong with a request. @internal */
export type Fault =
  | StatusFault
  | ResetFault
  | DelayFault
  | ThrottleFault
  | LostAnswerFault
  | CutAnswerFault
  | HideHeadersFault
  | StopReadingFault
  | BlackHoleFault;

/** Answers in place of the origin, once the request's body has come in. @internal */
export interface StatusFault {
  readonly kind: 'status';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default empty */
  readonly body?: string;
  /** @default 'text/plain; charset=utf-8' where there is a body */
  readonly contentType?: string;
  /** Lets the page of the request's `Origin` read the answer and all its headers. @default false */
  readonly corsHeaders?: boolean;
}

/**
 * Resets the connection before an answer: when the request's head has come in, or when `afterBytes` of its
 * body have been passed on. A shorter body resets at its end, when the origin may have it in full.
 *
 * @internal
 */
export type ResetFault =
  | { readonly kind: 'reset'; readonly at?: 'request' }
  | { readonly kind: 'reset'; readonly at: 'body'; readonly afterBytes: number };

/** Waits, then passes the request on. @internal */
export interface DelayFault {
  readonly kind: 'delay';
  readonly ms: number;
}

/** Passes the request on, takes the origin's whole answer, then resets the client's connection. @internal */
export interface LostAnswerFault {
  readonly kind: 'lost-answer';
}

/** Passes the head of the origin's answer on and the beginning of its body, then closes the connection. @internal */
export interface CutAnswerFault {
  readonly kind: 'cut-answer';
  /** Bytes of the body that still come through. */
  readonly afterBytes: number;
}

/**
 * Passes the request on, and the answer without these headers: what a page sees of a store without CORS rules, or with
 * rules that do not expose an ETag.
 *
 * @internal
 */
export interface HideHeadersFault {
  readonly kind: 'hide-headers';
  /** In lower case. */
  readonly headers: readonly string[];
}

/**
 * Passes the head on and `afterBytes` of the body, then reads no more, so that the client cannot send; `clear` and
 * `stop` reset it.
 *
 * @internal
 */
export interface StopReadingFault {
  readonly kind: 'stop-reading';
  readonly afterBytes: number;
}

/** Passes the request's body on at this rate. @internal */
export interface ThrottleFault {
  readonly kind: 'throttle';
  readonly bytesPerSecond: number;
}

/** Takes the request and never answers; `clear` and `stop` reset what still waits. @internal */
export interface BlackHoleFault {
  readonly kind: 'black-hole';
}

/** Which requests a rule is about. @internal */
export interface FaultMatch {
  /** @default any but OPTIONS, so that CORS preflights pass */
  readonly method?: string;
  /** The whole path as sent, percent-encoded and without the query, or a pattern found in it. @default any */
  readonly path?: string | RegExp;
  /** A pattern found in the query as sent, which is never kept. @default any */
  readonly query?: RegExp;
  /** How many matching requests pass first. @default 0 */
  readonly from?: number;
}

/** A fault for some requests. The first rule of a script that matches and is not used up decides. @internal */
export interface FaultRule {
  readonly when: FaultMatch;
  /** How many requests it strikes; Infinity until cleared. @default 1 */
  readonly times?: number;
  readonly fault: Fault;
}
