import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** What is asked at each request. */
export interface HealthSources {
  /** Undefined when ready, otherwise what is waited for. */
  readonly notReady: () => string | undefined;
  /** Whether this replica writes. One that stands by is ready as well: it can take over at once. */
  readonly isLeader: () => boolean;
  readonly metrics: Metrics;
}

/**
 * `/livez`, `/readyz` and `/metrics`. Resolves when it listens.
 * @throws the system's error when the address is taken
 */
export async function serveHealth(
  address: { readonly host: string; readonly port: number },
  sources: HealthSources,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void answerTo(request.url, sources).then(({ status, text, contentType }) =>
      response.writeHead(status, { 'content-type': contentType ?? 'text/plain; charset=utf-8' }).end(text),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => resolve());
  });
  return { port: portOf(server), stop: () => stop(server) };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

/** Never rejects. */
async function answerTo(
  path: string | undefined,
  { notReady, isLeader, metrics }: HealthSources,
): Promise<Answer> {
  switch (path) {
    case '/livez':
      return { status: 200, text: 'ok\n' };
    case '/readyz': {
      const reason = notReady();
      return reason === undefined
        ? { status: 200, text: isLeader() ? 'ok: leading\n' : 'ok: standing by\n' }
        : { status: 503, text: `not ready: ${reason}\n` };
    }
    case '/metrics':
      try {
        return { status: 200, ...(await metrics.render()) };
      } catch (error) {
        return { status: 500, text: `metrics could not be rendered: ${String(error)}\n` };
      }
    default:
      return { status: 404, text: 'not found: /livez, /readyz and /metrics are served\n' };
  }
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
