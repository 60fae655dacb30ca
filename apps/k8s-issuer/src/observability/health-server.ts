import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** What is asked at each request. */
export interface HealthSources {
  /** Undefined when ready, otherwise what is waited for. */
  readonly notReady: () => string | undefined;
  readonly metrics: Metrics;
}

/**
 * `/livez`, `/readyz` and `/metrics`. Resolves when it listens.
 * @throws the system's error when the address is taken
 */
export async function serveHealth(
  address: { readonly host: string; readonly port: number },
  { notReady, metrics }: HealthSources,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, contentType = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': contentType }).end(text);
    switch (request.url) {
      case '/livez':
        return answer(200, 'ok\n');
      case '/readyz': {
        const reason = notReady();
        return reason === undefined ? answer(200, 'ok\n') : answer(503, `not ready: ${reason}\n`);
      }
      case '/metrics':
        return metrics.render().then(
          ({ contentType, text }) => answer(200, text, contentType),
          () => answer(500, 'metrics could not be rendered\n'),
        );
      default:
        return answer(404, 'not found: /livez, /readyz and /metrics are served\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => resolve());
  });
  return { port: portOf(server), stop: () => stop(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
