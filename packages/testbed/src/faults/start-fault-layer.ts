import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import type { Report } from '../engine/report.ts';
import { applyFault } from './apply-fault.ts';
import { type Exchange, resetConnection } from './exchange.ts';
import type { Fault, FaultRule } from './fault-rule.ts';
import { createFaultScript } from './fault-script.ts';

/** What a fault layer stands in front of. @internal */
export interface FaultLayerOptions {
  /** Origin without a path, for instance `http://127.0.0.1:8333`. */
  readonly target: string;
  /** Told of each fault and each failure of the origin. @default silent */
  readonly report?: Report;
}

/** One request that came. @internal */
export interface FaultLogEntry {
  readonly method: string;
  /** As sent, without the query: signatures are never kept. */
  readonly path: string;
  /** What the client was answered with; `undefined` while and where it got no answer. */
  readonly status: number | undefined;
  readonly fault?: Fault['kind'];
}

/** A reverse proxy on loopback that fails when it is told to. @internal */
export interface FaultLayer {
  /** Its origin. URLs are signed for it, as the Host header goes through unchanged. */
  readonly endpoint: string;
  /** Puts these rules, counted from now on, in place of all earlier ones. */
  readonly script: (rules: readonly FaultRule[]) => void;
  /** Removes all rules and resets what waits in a black hole or is not read; the log stays. */
  readonly clear: () => void;
  /** All requests so far, in the order of their arrival. */
  readonly log: () => readonly FaultLogEntry[];
  /** Bytes that came with requests of a method, heads included, over connections that have ended. */
  readonly receivedBytes: (method: string) => number;
  /** Ends every connection and frees the port; again is fine. */
  readonly stop: () => Promise<void>;
}

/**
 * Resolves when the layer listens on a free port of 127.0.0.1, passing everything on until it has a script.
 *
 * Each connection serves one request: browsers send a request anew, unasked, when a connection that was used
 * before breaks (Chromium does so with POST and PUT too), and would hide the fault.
 *
 * @throws Error when the target is not an HTTP origin.
 *
 * @internal
 */
export const startFaultLayer = async ({
  target,
  report = () => undefined,
}: FaultLayerOptions): Promise<FaultLayer> => {
  const origin = toOrigin(target);
  const entries: LogEntry[] = [];
  const held = new Set<Exchange>();
  const received = new Map<string, number>();
  let decide = createFaultScript([]);

  const take = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    const { method = 'GET', url = '/' } = request;
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    const fault = decide(method, path, query);
    const name = `${method} ${path}`;
    const exchange: Exchange = { request, response, origin, awaitsContinue, name, report };
    response.shouldKeepAlive = false;
    // A connection serves one request.
    request.socket.once('close', () =>
      received.set(method, (received.get(method) ?? 0) + request.socket.bytesRead),
    );
    entries.push({ method, path, response, ...(fault && { fault: fault.kind }) });
    if (fault) report(`fault layer: ${fault.kind} for ${name}`);
    if (fault?.kind === 'black-hole' || fault?.kind === 'stop-reading') {
      held.add(exchange);
      response.once('close', () => held.delete(exchange));
    }
    applyFault(exchange, fault);
  };

  const server = createServer({ requestTimeout: 0 }, (request, response) => take(request, response, false));
  server.on('checkContinue', (request, response) => take(request, response, true));
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fault layer has no port');

  let stopped: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    script: (rules) => {
      decide = createFaultScript(rules);
    },
    clear: () => {
      decide = createFaultScript([]);
      for (const exchange of held) resetConnection(exchange);
    },
    log: () => entries.map(toLogEntry),
    receivedBytes: (method) => received.get(method) ?? 0,
    stop: () =>
      (stopped ??= new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })),
  };
};

type LogEntry = Omit<FaultLogEntry, 'status'> & { readonly response: ServerResponse };

const toLogEntry = ({ response, ...entry }: LogEntry): FaultLogEntry => ({
  ...entry,
  status: response.headersSent ? response.statusCode : undefined,
});

const toOrigin = (target: string): URL => {
  const origin = new URL(target);
  if (origin.protocol === 'http:' && origin.href === `${origin.origin}/`) return origin;
  throw new Error(`A fault layer stands in front of an http origin without a path, not ${origin.origin}`);
};
