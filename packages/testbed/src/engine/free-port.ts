import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux and macOS take ports for outgoing connections, so that none of those can
// take a port between this check and the engine that binds it.
const lowestPort = 12_000;
const portsEnd = 32_000;
const handedOut = new Set<number>();

/**
 * `count` different TCP ports on which nothing listens on 127.0.0.1; none is handed out twice by one process.
 *
 * @internal
 */
export const freePorts = (count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, freePort));

/** One port as `freePorts` hands it out. @internal */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(lowestPort, portsEnd);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
};

const isFree = (port: number): Promise<boolean> => {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
    else reject(error);
  });
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
};
