import type { NodeConnection, NodeRequest, NodeResponse } from './node-shapes.ts';

/** Requests of one connection that have no answer yet. Browsers and proxies have one. */
const maxUnanswered = 16;

/**
 * Cuts a connection that sends on and on without reading answers: at its seventeenth request without one. Node hands
 * over every request of what it has read at once, two thousand in 64 KB, and all their answers would stand in memory.
 * `toNodeHandler` does so by itself; put this around the listener of a server that has more than it, or middleware in
 * front of it. Source: RFC 9112, section 9.3.2: who pipelines must expect a connection that closes.
 * @example
 * ```ts
 * const listener: RequestListener = express().use('/sign', toNodeHandler(handler));
 * createServer(limitPipelining(listener)).listen(3000);
 * ```
 * @public
 */
export function limitPipelining<Incoming extends NodeRequest, Outgoing extends NodeResponse>(
  listener: (request: Incoming, response: Outgoing) => void,
): (request: Incoming, response: Outgoing) => void {
  const unanswered = new WeakMap<NodeConnection, number>();
  const countOf = (socket: NodeConnection) => unanswered.get(socket) ?? 0;
  return (request, response) => {
    const { socket, httpVersionMajor = 1 } = request;
    // HTTP/2 has many on one connection and bounds them itself.
    if (socket === undefined || httpVersionMajor > 1) return listener(request, response);
    // Of one that is cut already the rest of what was read still comes.
    if (socket.destroyed || countOf(socket) >= maxUnanswered) {
      socket.destroy();
      return;
    }
    unanswered.set(socket, countOf(socket) + 1);
    response.once('close', () => unanswered.set(socket, countOf(socket) - 1));
    listener(request, response);
  };
}
