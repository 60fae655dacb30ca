import { Agent } from 'undici';

import type { TlsMaterial } from './tls-material.ts';

/** Requests that run at once; more wait. A watch never counts. */
const maxCallConnections = 16;
const connectTimeoutMs = 10_000;
/** Below the 90 seconds after which an API server closes an idle connection. */
const keepAliveMs = 30_000;

/** Two pools, so that watches, which last for minutes, never keep a call waiting. */
interface Pools {
  readonly digest: string;
  readonly calls: Agent;
  readonly watches: Agent;
}

/**
 * Keep-alive connections, shared by everything that uses the same certificates.
 * @internal
 */
export interface Connections {
  /** The pool for one kind of request, made anew when the certificates have changed. */
  pool(kind: 'calls' | 'watches'): Agent;
  /** Breaks every connection. */
  destroy(): Promise<void>;
}

/**
 * Creates no connection yet; the first request does.
 * @internal
 */
export function createConnections(tls: () => TlsMaterial): Connections {
  const replaced = new Set<Agent>();
  let pools: Pools | undefined;

  const replace = (material: TlsMaterial): Pools => {
    for (const agent of toAgents(pools)) retire(agent);
    return createPools(material);
  };
  const retire = (agent: Agent): void => {
    replaced.add(agent);
    // Lets what runs on it end; a watch lives ten minutes at most.
    void agent.close().finally(() => replaced.delete(agent));
  };

  return {
    pool(kind) {
      const material = tls();
      if (pools?.digest !== material.digest) pools = replace(material);
      return pools[kind];
    },
    async destroy() {
      await Promise.all([...toAgents(pools), ...replaced].map((agent) => agent.destroy()));
    },
  };
}

function createPools({ options, digest }: TlsMaterial): Pools {
  const shared = {
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // The deadlines are the transport's: one for a whole call, silence for a watch.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ...options, timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: 15_000 },
  };
  return {
    digest,
    calls: new Agent({ ...shared, connections: maxCallConnections }),
    watches: new Agent(shared),
  };
}

function toAgents(pools: Pools | undefined): Agent[] {
  return pools === undefined ? [] : [pools.calls, pools.watches];
}
