import { setTimeout as delay } from 'node:timers/promises';

import type { TcpFault } from '@valetkey/testbed';

import { createShares, numbered, publishCanary, urlsOf, type Fault, type World } from '../world.ts';

const badSeconds = 4;

/** What happens to the leader's connections. */
export const networkFaults: readonly Fault[] = [
  toFault('watches reset again and again', 'reset', { kind: 'reset', afterBytes: 3_000 }),
  toFault('answers cut off in the middle of their JSON', 'truncated', {
    kind: 'truncate',
    afterBytes: 3_000,
  }),
];

/** Takes up to 45 seconds. */
export const halfOpenFault: Fault = {
  name: 'a peer that vanished without a word (half-open)',
  async run(world) {
    const { proxy, replica } = await world.replicas.leader();
    proxy.set({ kind: 'half-open' });
    const seconds = await publishCanary(world, 'half-open');
    proxy.set(undefined);
    world.measured('watch back, new Share published', seconds, 45);
    if (replica.hasExited()) throw new Error('the replica has exited');
    return `new Share published after ${seconds.toFixed(1)} s`;
  },
};

function toFault(name: string, prefix: string, fault: TcpFault): Fault {
  return {
    name,
    async run(world: World) {
      const { proxy, replica } = await world.replicas.leader();
      const before = proxy.accepted();
      const names = numbered(world.fresh(prefix), 10);
      proxy.set(fault);
      await createShares(world, 'canary', names);
      await delay(badSeconds * 1_000);
      proxy.set(undefined);
      const startMs = performance.now();
      await world.historian.until('all are published', () =>
        names.every((each) => urlsOf(world, `canary/${each}`) > 0),
      );
      const seconds = (performance.now() - startMs) / 1_000;
      world.measured('watch back, what was missed is published', seconds, 10);
      if (replica.hasExited()) throw new Error('the replica has exited');
      return `${proxy.accepted() - before} connections made anew; published ${seconds.toFixed(1)} s after the network was mended`;
    },
  };
}
