/** A request and its answer as the service looks at them, whoever listens: no streams where a text will do. */

/** What is asked. @internal */
export interface Asked {
  readonly method: string;
  /** Path and query as sent, from the first slash on, without a fragment. */
  readonly target: string;
  /** By its lower-case name. */
  readonly header: (name: string) => string | null;
  /** The body; rejects with `body-too-large` and `invalid-body`. */
  readonly readText: (maxBytes: number) => Promise<string>;
  /** The same without its body, for whoever asks who asks. */
  readonly toRequest: () => Request;
}

/** What is answered. @internal */
export interface Answer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly body: string;
}

/** Answers without ever rejecting. @internal */
export type Respond = (asked: Asked) => Promise<Answer>;
