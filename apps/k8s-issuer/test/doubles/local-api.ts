import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { KubeConfig, type User } from '@kubernetes/client-node';
import { systemClock } from '@valetkey/core';

import { realTimers } from '../../src/runtime/timer.ts';
import type { DateSample } from '../../src/kube/cluster-clock.ts';
import { createKubeTransport, type KubeTransport } from '../../src/kube/transport.ts';

/** Answers one request, or does something worse. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface LocalApiOptions {
  readonly user?: Partial<User>;
  /** Below which the server answers. */
  readonly path?: string;
  readonly onDate?: (sample: DateSample) => void;
}

/**
 * Starts an HTTP server that answers what a test wants, for the faults that no real API server shows on demand.
 * @internal
 */
export async function startLocalApi(
  handler: Handler,
  { user = {}, path = '', onDate }: LocalApiOptions = {},
): Promise<{ readonly transport: KubeTransport; readonly stop: () => Promise<void> }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server: `http://127.0.0.1:${port}${path}`, skipTLSVerify: false },
    { name: 'u', ...user },
  );
  const transport = createKubeTransport({
    config,
    clock: systemClock,
    timers: realTimers,
    ...(onDate === undefined ? {} : { onDate }),
  });
  return {
    transport,
    async stop() {
      await transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Answers with JSON.
 * @internal
 */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
