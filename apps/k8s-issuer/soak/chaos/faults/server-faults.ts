import { setTimeout as delay } from 'node:timers/promises';

import { Agent, request } from 'undici';

import { createShares, numbered, publishCanary, urlsOf, type Fault, type World } from '../world.ts';

const fewInFlight = [
  '--enable-priority-and-fairness=false',
  '--max-requests-inflight=4',
  '--max-mutating-requests-inflight=1',
];
const stormConnections = 8;

/** What happens to the API server and to its storage. */
export const serverFaults: readonly Fault[] = [
  {
    name: 'API server killed and back',
    async run(world) {
      const { apiServer } = world.engine;
      await apiServer.kill();
      await delay(world.plan.outageSeconds * 1_000);
      await apiServer.start();
      const seconds = await publishCanary(world, 'after-outage');
      world.measured('Share created at readyz has its Secret', seconds, 5);
      return `${alive(world)}; new Share published ${seconds.toFixed(1)} s after /readyz`;
    },
  },
  {
    name: 'etcd stands still',
    async run(world) {
      const { etcd } = world.engine;
      etcd.pause();
      try {
        await delay(world.plan.etcdPauseSeconds * 1_000);
      } finally {
        etcd.resume();
      }
      const seconds = await publishCanary(world, 'after-pause');
      world.measured('new Share has its Secret', seconds, 20);
      return `${alive(world)}; new Share published after ${seconds.toFixed(1)} s`;
    },
  },
  {
    name: 'compaction while the watches are broken (410)',
    async run(world) {
      const { apiServer, etcd } = world.engine;
      const members = world.replicas.living();
      for (const { proxy } of members) proxy.set({ kind: 'reset' });
      const names = numbered(world.fresh('compacted'), 20);
      await createShares(world, 'canary', names);
      await etcd.compact();
      await apiServer.kill();
      // What it starts with is all that it can tell of the past.
      await apiServer.start();
      for (const { proxy } of members) proxy.set(undefined);
      const startMs = performance.now();
      await world.historian.until('all are published', () =>
        names.every((name) => urlsOf(world, `canary/${name}`) > 0),
      );
      const seconds = (performance.now() - startMs) / 1_000;
      world.measured('watches are back, what was missed is published', seconds, 10);
      const gone = await sumOf(world, /^valetkey_watch_restarts_total\{[^}]*why="gone"[^}]*\} (\d+)$/gm);
      if (gone === 0) throw new Error('no watch was told that its version is gone');
      return `${alive(world)}; ${gone} watches told 410; missed Shares published after ${seconds.toFixed(1)} s`;
    },
  },
  {
    name: 'storm of 429 from a small API server',
    async run(world) {
      const { apiServer } = world.engine;
      await apiServer.kill();
      await apiServer.start(fewInFlight);
      const over = new AbortController();
      const storm = rage(world, over.signal);
      const names = numbered(world.fresh('stormed'), 20);
      const startMs = performance.now();
      await createShares(world, 'canary', names);
      await delay(world.plan.stormSeconds * 1_000);
      over.abort();
      const refused = await storm;
      await world.historian.until('all are published', () =>
        names.every((name) => urlsOf(world, `canary/${name}`) > 0),
      );
      const seconds = (performance.now() - startMs) / 1_000;
      const told = await sumOf(world, /^rest_client_requests_total\{[^}]*code="429"[^}]*\} (\d+)$/gm);
      await apiServer.kill();
      await apiServer.start();
      world.measured('20 Shares are published', seconds, world.plan.stormSeconds + 30);
      return `${alive(world)}; storm refused ${refused} times, the issuer ${told} times; 20 Shares published after ${seconds.toFixed(1)} s`;
    },
  },
];

/** Calls as somebody who may nothing, as fast as it can. @returns how often it was told to come back later. */
async function rage({ engine, cluster }: World, signal: AbortSignal): Promise<number> {
  const { server, ca } = engine.description;
  const token = await cluster.serviceAccountToken('noisy', 'default');
  const dispatcher = new Agent({ connect: { ca }, connections: stormConnections });
  const body = JSON.stringify({ metadata: { name: 'x' }, data: { x: 'x'.repeat(50_000) } });
  let refused = 0;
  const call = async () => {
    while (!signal.aborted) {
      const answer = await request(new URL('/api/v1/namespaces/noisy/configmaps', server), {
        dispatcher,
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
      });
      await answer.body.dump();
      if (answer.statusCode === 429) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: stormConnections }, call));
  await dispatcher.destroy();
  return refused;
}

/** Over all living replicas' metrics. */
async function sumOf({ replicas }: World, sample: RegExp): Promise<number> {
  let sum = 0;
  for (const { replica } of replicas.living())
    for (const [, value] of (await replica.metrics()).matchAll(sample)) sum += Number(value);
  return sum;
}

function alive({ replicas }: World): string {
  const count = replicas.living().length;
  if (count !== 2) throw new Error(`${count} of 2 replicas live`);
  return 'both processes live';
}
