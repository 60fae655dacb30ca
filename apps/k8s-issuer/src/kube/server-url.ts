import { ValetkeyError } from '@valetkey/core';

import type { ClusterAccess } from './cluster-access.ts';

/**
 * Parameters of a query; `undefined` ones are left out.
 * @internal
 */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The address of the current context's API server; it may have a path (Rancher's has).
 * @throws ValetkeyError `invalid-configuration` when no cluster is chosen or its address is no URL
 * @internal
 */
export function parseServer(config: ClusterAccess): URL {
  const address = config.getCurrentCluster()?.server;
  const server = address === undefined ? null : URL.parse(address);
  if (server === null || !['https:', 'http:'].includes(server.protocol)) {
    throw new ValetkeyError('invalid-configuration', {
      field: 'clusters.server',
      expected: 'the URL of an API server in the current context',
    });
  }
  return server;
}

/**
 * The URL of `path` below the server's address.
 * @internal
 */
export function toUrl(server: URL, path: string, query: Query = {}): URL {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
