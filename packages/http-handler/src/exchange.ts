/** A request and its answer as the service looks at them, whoever listens: no streams where a text will do. */

/** What is asked. @internal */
export interface Asked {
  readonly method: string;
  /** Path and query as sent, from the first slash on, without a fragment. */
  readonly target: string;
  /** By its lower-case name. */
  readonly header: (name: string) => string | null;
  /** Begins to read the body. */
  readonly readText: (maxBytes: number) => BodyReading;
  /** The same without its body, for whoever asks who asks. */
  readonly toRequest: () => Request;
}

/** A body that is being read. @internal */
export interface BodyReading {
  /** All of it; rejects with `body-too-large` and `invalid-body`. */
  readonly text: Promise<string>;
  /** Reads no further, keeps nothing of it, and makes `text` reject with this; nothing once all of it is there. */
  readonly cutOff: (reason: Error) => void;
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
