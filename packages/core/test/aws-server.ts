/// <reference types="node" />
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

/** A server that answers as one of AWS's, and remembers what it was asked. */
export async function serving(
  answer: (asked: Asked) => { readonly status?: number; readonly body: string; readonly type?: string },
) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url = '/', method = 'GET', headers } = request;
      const one = { path: url, method, headers, form: new URLSearchParams(body) };
      asked.push(one);
      const { status = 200, body: answered, type = 'text/xml' } = answer(one);
      return response.writeHead(status, { 'content-type': type }).end(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, asked };
}

/**
 * Carries the SDK's calls to a server on loopback and remembers for whom they were meant: the names that AWS's
 * services have cannot be had in a test.
 */
export function carryTo(origin: string): {
  readonly transport: NodeHttpHandler;
  readonly meantFor: string[];
} {
  const meantFor: string[] = [];
  const { port } = new URL(origin);
  const transport = new NodeHttpHandler();
  const handle = transport.handle.bind(transport);
  transport.handle = (request, options) => {
    meantFor.push(`${request.protocol}//${request.hostname}`);
    return handle(
      Object.assign(request, { protocol: 'http:', hostname: '127.0.0.1', port: Number(port) }),
      options,
    );
  };
  return { transport, meantFor };
}
