/** The shapes of Node's own requests and answers, so that nothing of Node is imported where it is not. */

/**
 * What is used of Node's `Socket`.
 * @public
 */
export interface NodeConnection {
  readonly destroyed: boolean;
  readonly destroy: () => unknown;
}

/**
 * What is used of Node's `IncomingMessage`.
 * @public
 */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersionMajor?: number;
  /** Of a request that came over one. */
  readonly socket?: NodeConnection;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What a body parser in front made of the body, which is gone then. */
  readonly body?: unknown;
  readonly readableEnded: boolean;
  readonly destroyed?: boolean;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  readonly pause: () => unknown;
  readonly resume: () => unknown;
}

/**
 * What is used of Node's `ServerResponse`.
 * @public
 */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly setHeader: (name: string, value: string) => unknown;
  readonly destroy: (error?: Error) => unknown;
  readonly end: (body: Uint8Array | string) => unknown;
  once(event: 'close', listener: () => void): unknown;
}
