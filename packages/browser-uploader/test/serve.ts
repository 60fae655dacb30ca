/** A handler of the fetch standard on a loopback port. */
import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What listens. */
export interface Serving {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** Listens until it is stopped. */
export async function serve(handler: (request: Request) => Promise<Response> | Response): Promise<Serving> {
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = 'GET', url = '/', headers } = incoming;
      const body = Uint8Array.from(await buffer(incoming));
      const request = new Request(`http://${headers.host ?? '127.0.0.1'}${url}`, {
        method,
        headers: headers as Record<string, string>,
        ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
      });
      const response = await handler(request);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
