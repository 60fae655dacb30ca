import { Agent } from 'undici';

import type { TlsMaterial } from './tls-material.ts';

/** Requests that run at once; more wait. A watch never counts. */
const maxCallConnections = 16;
const connectTimeoutMs = 10_000;
/** Below the 90 seconds after which an API server closes an idle connection. */
const keepAliveMs = 30_000;

/**
 * What a connection is for. Watches last for minutes and must not keep a call waiting; the renewal of the leader's
 * Lease must not wait for anything.
 * @internal
 */
export type PoolKind = 'calls' | 'watches' | 'lease';

interface Pools {
  readonly digest: string;
  readonly agents: Record<PoolKind, Agent>;
}

/**
 * Keep-alive connections, shared by everything that uses the same certificates.
 * @internal
 */
export interface Connections {
  /** The pool for one kind of request, made anew when the certificates have changed. */
  pool(kind: PoolKind): Agent;
  /** The next request of this kind gets a new connection; what is under way may end on the old ones. */
  renew(kind: PoolKind): void;
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
      return pools.agents[kind];
    },
    renew(kind) {
      if (pools === undefined) return;
      retire(pools.agents[kind]);
      pools.agents[kind] = createAgent(tls(), kind);
    },
    async destroy() {
      await Promise.all([...toAgents(pools), ...replaced].map((agent) => agent.destroy()));
    },
  };
}

function createPools(material: TlsMaterial): Pools {
  return {
    digest: material.digest,
    agents: {
      calls: createAgent(material, 'calls'),
      watches: createAgent(material, 'watches'),
      lease: createAgent(material, 'lease'),
    },
  };
}

function createAgent({ options }: TlsMaterial, kind: PoolKind): Agent {
  return new Agent({
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // The deadlines are the transport's: one for a whole call, silence for a watch.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ...options, timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: 15_000 },
    ...(kind === 'calls' ? { connections: maxCallConnections } : {}),
  });
}

function toAgents(pools: Pools | undefined): Agent[] {
  return pools === undefined ? [] : Object.values(pools.agents);
}
