/**
 * From Node's own requests and answers to the fetch standard's, for Express, Connect and `node:http`. Only their
 * shapes are known here, so that nothing of Node is imported where it is not.
 */
import { ValetkeyError } from '@valetkey/core';
import { problemMediaType } from '@valetkey/protocol';

import { describeError } from './to-problem.ts';

/**
 * What is used of Node's `IncomingMessage`.
 * @public
 */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What a body parser in front made of the body, which is gone then. */
  readonly body?: unknown;
  readonly readableEnded: boolean;
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
  readonly setHeader: (name: string, value: string) => unknown;
  readonly end: (body: Uint8Array) => unknown;
}

/**
 * The handler as Express and `node:http` take it. In Express it may be mounted at any path, in front of a body parser
 * or behind one.
 * @example
 * ```ts
 * app.use('/sign', toNodeHandler(createHandler(service, { authenticate })));
 * ```
 * @public
 */
export function toNodeHandler(
  handler: (request: Request) => Promise<Response>,
): (request: NodeRequest, response: NodeResponse) => void {
  const answer = async (incoming: NodeRequest, outgoing: NodeResponse) => {
    const request = toRequest(incoming);
    const response = request === undefined ? refuse() : await handler(request);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.setHeader(name, value);
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  };
  // A handler never rejects.
  return (incoming, outgoing) => void answer(incoming, outgoing);
}

/** Undefined for what is no request of the fetch standard: a host that is none, the method TRACE. */
function toRequest(incoming: NodeRequest): Request | undefined {
  const { method = 'GET', url = '/', headers } = incoming;
  const address = `http://${String(headers['host'] ?? 'localhost')}${url}`;
  if (!url.startsWith('/') || !URL.canParse(address) || /^(?:CONNECT|TRACE|TRACK)$/i.test(method)) {
    return undefined;
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(address, {
    method,
    headers: toHeaders(headers),
    ...(hasBody ? { body: bodyOf(incoming), duplex: 'half' } : {}),
  });
}

function toHeaders(from: NodeRequest['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(from)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one);
  }
  return headers;
}

function bodyOf(incoming: NodeRequest): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | string {
  const { body, readableEnded } = incoming;
  if (!readableEnded || body === undefined) return toStream(incoming);
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Reads no faster than it is read from; given up, it leaves the connection open for the answer. */
function toStream(incoming: NodeRequest): ReadableStream<Uint8Array> {
  let isOver = false;
  return new ReadableStream({
    start: (controller) => {
      const end = (close: () => void) => () => {
        if (!isOver) close();
        isOver = true;
      };
      incoming.on('data', (chunk) => {
        if (isOver) return;
        controller.enqueue(Uint8Array.from(chunk));
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      incoming.on(
        'end',
        end(() => controller.close()),
      );
      incoming.on('error', (error) => end(() => controller.error(error))());
      incoming.on(
        'close',
        end(() => controller.error(new TypeError('the connection was closed'))),
      );
      incoming.pause();
    },
    pull: () => void incoming.resume(),
    cancel: () => {
      isOver = true;
      incoming.pause();
    },
  });
}

function refuse(): Response {
  const error = new ValetkeyError('invalid-body', { field: 'request', expected: 'a path and a host' });
  const { problem } = describeError(error, crypto.randomUUID());
  const headers = { 'content-type': problemMediaType, 'cache-control': 'no-store' };
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
