/**
 * From Node's own requests and answers to the service's, for Express, Connect and `node:http`. Only their shapes are
 * known here, so that nothing of Node is imported where it is not.
 */
import { redactError, ValetkeyError } from '@valetkey/core';
import { problemMediaType } from '@valetkey/protocol';

import type { Answer } from './exchange.ts';
import { toRespond } from './handler.ts';
import { limitPipelining } from './limit-pipelining.ts';
import { fromNode } from './node-exchange.ts';
import { toFetchRequest } from './node-request.ts';
import type { NodeRequest, NodeResponse } from './node-shapes.ts';
import { describeError } from './to-problem.ts';

type Handler = (request: Request) => Promise<Response>;

/**
 * The handler as Express and `node:http` take it. In Express it may be mounted at any path, in front of a body parser
 * or behind one. A handler of `createHandler` is asked without the fetch standard's objects in between, which take
 * longer to make than an answer does; one that is wrapped in a function of yours gets them. A connection that sends on and
 * on without reading answers is cut at its seventeenth request that has none; see {@link limitPipelining}.
 * @example
 * ```ts
 * app.use('/sign', toNodeHandler(createHandler(service, { authenticate })));
 * ```
 * @public
 */
export function toNodeHandler(handler: Handler): (request: NodeRequest, response: NodeResponse) => void {
  const respond = toRespond(handler);
  const answer = async (incoming: NodeRequest, outgoing: NodeResponse) => {
    const address = toAddress(incoming);
    if (address === undefined) send(outgoing, refuse());
    else if (respond !== undefined) send(outgoing, await respond(fromNode(incoming, address)));
    else await passOn(outgoing, await handler(toFetchRequest(incoming, address, { withBody: true })));
  };
  // The service's own handler never rejects; one that is wrapped may, and its request must not end the process.
  return limitPipelining(
    (incoming, outgoing) => void answer(incoming, outgoing).catch((error: unknown) => fail(outgoing, error)),
  );
}

/** Undefined for what is no request of the fetch standard: a host that is none, the method TRACE. */
function toAddress({ method = 'GET', url = '/', headers }: NodeRequest): string | undefined {
  const address = `http://${String(headers['host'] ?? 'localhost')}${url}`;
  if (!url.startsWith('/') || !URL.canParse(address) || /^(?:CONNECT|TRACE|TRACK)$/i.test(method)) {
    return undefined;
  }
  return address;
}

function send(outgoing: NodeResponse, { status, headers, body }: Answer): void {
  outgoing.statusCode = status;
  for (const name in headers) outgoing.setHeader(name, headers[name] ?? '');
  // As a text it goes out together with the head, in one write.
  outgoing.end(body);
}

/** Of an answer that has begun only its end can tell that it is none. */
function fail(outgoing: NodeResponse, error: unknown): void {
  console.error('toNodeHandler:', redactError(error));
  if (outgoing.headersSent) outgoing.destroy();
  else send(outgoing, toAnswer(error));
}

async function passOn(outgoing: NodeResponse, response: Response): Promise<void> {
  // Before anything is set: it may fail still.
  const body = new Uint8Array(await response.arrayBuffer());
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  outgoing.end(body);
}

function refuse(): Answer {
  return toAnswer(new ValetkeyError('invalid-body', { field: 'request', expected: 'a path and a host' }));
}

function toAnswer(error: unknown): Answer {
  const { problem } = describeError(error, crypto.randomUUID());
  const headers = { 'content-type': problemMediaType, 'cache-control': 'no-store' };
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}
