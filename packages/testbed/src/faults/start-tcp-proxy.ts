import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { createLine } from './tcp-line.ts';

/**
 * What goes wrong with connections, below whatever protocol they carry. A fault holds for the connections that are
 * open and for those that come, until another one takes its place.
 * @internal
 */
export type TcpFault =
  /** Every chunk is passed on this much later, in each direction. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The origin's bytes come at most at this rate. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /**
   * Each connection is a line of its own: so many bytes a second in each direction, each on its way for half the round
   * trip. Windows are not imitated: what is under way is bounded by the rate alone.
   */
  | { readonly kind: 'line'; readonly bytesPerSecond: number; readonly roundTripMs: number }
  /** Connections end with a TCP reset: at once, or when so many of the origin's bytes have come. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** Connections end in order, in the middle of what the origin says. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  /** Connections are taken and stay open, and nothing passes any more. */
  | { readonly kind: 'black-hole' }
  /** Open connections stay open and nothing passes; new ones work: the peer of the old ones has vanished. */
  | { readonly kind: 'half-open' };

/** A TCP proxy on loopback that fails when it is told to. @internal */
export interface TcpProxy {
  readonly port: number;
  /** Puts this fault in place of any other; `undefined` passes everything on, but lost connections stay lost. */
  readonly set: (fault: TcpFault | undefined) => void;
  /** How many connections are open. */
  readonly connections: () => number;
  /** How many have come so far. */
  readonly accepted: () => number;
  /** Ends every connection and frees the port. */
  readonly stop: () => Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly origin: Socket;
  /** Once `true`, nothing passes for good. */
  isDead: boolean;
  bytes: number;
}

/**
 * Resolves when the proxy listens on a free port of 127.0.0.1, passing everything on to `host:port`.
 *
 * @internal
 */
export const startTcpProxy = async (target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> => {
  const links = new Set<Link>();
  let fault: TcpFault | undefined;
  let accepted = 0;

  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (client) => {
    accepted += 1;
    const origin = connect({ ...target, noDelay: true, allowHalfOpen: true });
    const link: Link = { client, origin, isDead: fault?.kind === 'black-hole', bytes: 0 };
    links.add(link);
    client.once('close', () => {
      links.delete(link);
      origin.destroy();
    });
    // A reset of one side is a reset of the other; its error is no news to anybody else.
    client.on('error', () => origin.destroy());
    origin.on('error', () => client.resetAndDestroy());
    void pass(client, origin, link, () => fault, 'to-origin');
    void pass(origin, client, link, () => fault, 'to-client');
    client.resume();
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The TCP proxy has no port');

  return {
    port: address.port,
    set(next) {
      fault = next;
      for (const link of links) {
        if (next?.kind === 'black-hole' || next?.kind === 'half-open') link.isDead = true;
        if (next?.kind === 'reset' && next.afterBytes === undefined) link.client.resetAndDestroy();
        link.bytes = 0;
      }
    },
    connections: () => links.size,
    accepted: () => accepted,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const { client } of links) client.destroy();
      }),
  };
};

const pass = async (
  from: Socket,
  to: Socket,
  link: Link,
  faultNow: () => TcpFault | undefined,
  direction: 'to-origin' | 'to-client',
): Promise<void> => {
  try {
    // One side may have said all it has to say and still listen.
    const line = createLine(to);
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      const fault = faultNow();
      if (link.isDead) continue;
      if (fault?.kind === 'line') {
        await line.send(chunk, fault);
        continue;
      }
      if (fault?.kind === 'latency') await delay(fault.ms);
      if (direction === 'to-client') {
        if (fault?.kind === 'throttle') await delay((chunk.byteLength / fault.bytesPerSecond) * 1000);
        link.bytes += chunk.byteLength;
        if (endsHere(link, chunk, fault)) return;
      }
      if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
    }
    await line.arrived();
    if (!link.isDead) to.end();
  } catch {
    // The socket was destroyed, which its own handlers have seen.
    to.destroy();
  }
};

/** Whether the fault ends the connection with this chunk; it has by then. */
const endsHere = ({ client, bytes }: Link, chunk: Buffer, fault: TcpFault | undefined): boolean => {
  if (fault?.kind === 'reset' && bytes >= (fault.afterBytes ?? 0)) {
    client.resetAndDestroy();
    return true;
  }
  if (fault?.kind !== 'truncate' || bytes < fault.afterBytes) return false;
  client.end(chunk.subarray(0, chunk.byteLength - (bytes - fault.afterBytes)));
  return true;
};
