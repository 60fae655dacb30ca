import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { getRequestListener, RequestError } from '@hono/node-server';
import { ValetkeyError } from '@valetkey/core';
import { limitPipelining } from '@valetkey/http-handler';
import { problemMediaType, toProblem } from '@valetkey/protocol';

/** Requests in flight at a stop are given this long: with what goes before it, less than the ten seconds a supervisor waits. */
const drainMs = 6500;
const idleMs = 65_000;
const headersMs = 5000;
/** Longer than the handler waits for a body, so that it is the handler who answers. */
const requestMs = 12_000;
/** Node looks for requests that take too long only this often. */
const checkMs = 2000;
const closeIdleMs = 50;

/** Told of what the answering failed with, and of the id that its answer has. */
type OnFailure = (error: unknown, requestId: string) => void;

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:8787` */
  readonly origin: string;
  /** Takes no more, finishes what is in flight, ends within seven seconds. */
  readonly stop: () => Promise<void>;
}

/**
 * Listens for requests.
 * @throws ValetkeyError `invalid-configuration` when the address cannot be had
 */
export async function listen(
  fetch: (request: Request) => Promise<Response> | Response,
  address: string,
  onFailure: OnFailure,
): Promise<Listening> {
  const colon = address.lastIndexOf(':');
  const hostname = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(colon + 1));
  const answer = getRequestListener(fetch, { hostname, errorHandler: (error) => refuse(error, onFailure) });
  const server = createServer(
    {
      keepAliveTimeout: idleMs,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
    },
    limitPipelining((request: IncomingMessage, response: ServerResponse) => void answer(request, response)),
  ).listen(port, hostname);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ValetkeyError('invalid-configuration', {
          field: 'server.listen',
          expected: 'an address that is free',
          got: `${address} (${cause.code ?? cause.name})`,
          cause,
        }),
      ),
    );
  });
  const bound = server.address();
  const actualPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return { origin: `http://${address.slice(0, colon)}:${actualPort}`, stop: () => stop(server) };
}

/** What Node lets through and the fetch standard does not, a path or a host that is none; anything else is a failure. */
function refuse(error: unknown, onFailure: OnFailure): Response {
  const isTheirs = error instanceof RequestError;
  const { message } = new ValetkeyError('invalid-body', { field: 'request', expected: 'a path and a host' });
  const problem = toProblem(isTheirs ? 'invalid-body' : 'signing-failed', {
    requestId: crypto.randomUUID(),
    ...(isTheirs ? { detail: `${message}.` } : {}),
  });
  if (!isTheirs) onFailure(error, problem.requestId);
  const headers = {
    'content-type': problemMediaType,
    'cache-control': 'no-store',
    'x-request-id': problem.requestId,
  };
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

async function stop(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  // A connection that is kept open after its answer would be waited for.
  const idle = setInterval(() => server.closeIdleConnections(), closeIdleMs);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  } finally {
    clearTimeout(late);
    clearInterval(idle);
  }
}
