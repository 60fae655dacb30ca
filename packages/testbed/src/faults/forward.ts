import { type ClientRequest, type IncomingMessage, request as send } from 'node:http';
import type { Transform } from 'node:stream';

import { afterBody, type Exchange } from './exchange.ts';

// RFC 9110 section 7.6.1: these are each connection's own. Transfer-Encoding stays, for Node frames by it.
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade']);

/**
 * Passes the request on as it came, its Host header included, for a signature covers it; `onAnswer` gets the
 * origin's answer. Bodies flow at the client's pace, or at that of what they go through, and are not kept.
 *
 * When the client goes, the origin's connection goes; when the origin fails, the client is answered 502.
 *
 * @internal
 */
export const forward = (
  exchange: Exchange,
  onAnswer: (answer: IncomingMessage) => void,
  through?: Transform,
): ClientRequest => {
  const { request, response, origin } = exchange;
  const upstream = send({
    // A connection of its own: one that was kept alive may be closed by the origin in the same moment.
    agent: false,
    hostname: origin.hostname.replace(/^\[|\]$/g, ''),
    port: origin.port || 80,
    method: request.method,
    path: request.url,
    headers: endToEnd(request.rawHeaders),
    setHost: false,
  });
  let answered = false;
  upstream.once('response', (answer) => {
    answered = true;
    onAnswer(answer);
  });
  upstream.on('continue', () => response.writeContinue());
  upstream.on('error', (error) => {
    // An origin that answers early may refuse the rest of the body: its answer counts.
    if (!answered && !request.socket.destroyed) badGateway(exchange, error);
  });
  response.once('close', () => upstream.destroy());
  // The client's body must go on flowing when the origin no longer takes it, or its end is never seen.
  upstream.once('close', () => {
    request.unpipe();
    through?.destroy();
    request.resume();
  });
  request.once('end', () => upstream.addTrailers(toPairs(request.rawTrailers)));
  if (through === undefined) request.pipe(upstream);
  else request.pipe(through).pipe(upstream);
  return upstream;
};

/** Passes the origin's answer to the client as it came, trailers included, but for headers that are hidden. @internal */
export const passAnswer = (
  exchange: Exchange,
  answer: IncomingMessage,
  hidden: readonly string[] = [],
): void => {
  const { response } = exchange;
  const status = answer.statusCode ?? 502;
  response.sendDate = false;
  response.writeHead(status, answer.statusMessage ?? '', endToEnd(answer.rawHeaders, hidden));
  response.flushHeaders();
  answer.pipe(response, { end: false });
  answer.once('end', () => {
    response.addTrailers(toPairs(answer.rawTrailers));
    afterBody(exchange, () => response.end());
  });
  // Ended before its end: the client must see a broken answer, not a short one.
  answer.once('error', () => response.destroy());
};

/**
 * Passes the head and the first bytes of the answer to the client, then closes the connection in order, so that
 * what was passed arrives.
 *
 * @internal
 */
export const cutAnswer = (exchange: Exchange, answer: IncomingMessage, afterBytes: number): void => {
  const { request, response } = exchange;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer.rawHeaders));
  response.flushHeaders();
  const close = (): void => request.socket.destroySoon();
  let left = afterBytes;
  answer.on('data', (chunk: Buffer) => {
    const passed = chunk.subarray(0, left);
    left -= passed.byteLength;
    if (left > 0) response.write(passed);
    else {
      answer.pause();
      response.write(passed, close);
    }
  });
  answer.once('end', close);
};

const badGateway = (exchange: Exchange, error: NodeJS.ErrnoException): void => {
  const { response, name, report } = exchange;
  report(`fault layer: the origin failed ${name}: ${error.code ?? error.message}`);
  const body = 'The fault layer cannot reach its origin\n';
  response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length });
  // At once, for the client may wait for it before it goes on.
  response.write(body);
  afterBody(exchange, () => response.end());
};

const endToEnd = (rawHeaders: readonly string[], hidden: readonly string[] = []): string[] =>
  toPairs(rawHeaders)
    .filter(([name]) => !hopByHop.has(name.toLowerCase()) && !hidden.includes(name.toLowerCase()))
    .flat();

const toPairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
