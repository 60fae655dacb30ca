import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that have no answer yet. Browsers and proxies have one. */
const maxUnanswered = 16;

/**
 * Cuts a connection that sends on and on without reading answers. Node hands over every request of what it has read at
 * once, a thousand in 64 KB, and all their answers would stand in memory. RFC 9112, section 9.3.2: who pipelines must
 * expect a connection that closes.
 */
export function limitPipelining(listener: RequestListener): RequestListener {
  const unanswered = new WeakMap<Socket, number>();
  const countOf = (socket: Socket) => unanswered.get(socket) ?? 0;
  return (request, response) => {
    const { socket } = request;
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
