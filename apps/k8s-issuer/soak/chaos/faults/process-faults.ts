import { setTimeout as delay } from 'node:timers/promises';

import { until } from '../../../test/replica.ts';
import { createShares, numbered, publishCanary, urlsOf, type Fault } from '../world.ts';

const leasePath = '/apis/coordination.k8s.io/v1/namespaces/valetkey-system/leases/valetkey-issuer';

/** What happens to processes, and to what they agree on. */
export const processFaults: readonly Fault[] = [
  {
    name: 'SIGTERM of the leader',
    async run(world) {
      const [{ replica }] = await world.replicas.roles();
      const startMs = performance.now();
      replica.signal('SIGTERM');
      const [seconds, code] = await Promise.all([publishCanary(world, 'after-term'), replica.exited]);
      world.measured('successor has written', seconds, 3);
      await world.replicas.join();
      if (code !== 0) throw new Error(`the leader has exited with ${code}`);
      return `exit 0; new Share published after ${seconds.toFixed(1)} s (${((performance.now() - startMs) / 1000).toFixed(0)} s with a new replica)`;
    },
  },
  {
    name: 'SIGKILL of the leader',
    async run(world) {
      const [{ replica }] = await world.replicas.roles();
      replica.signal('SIGKILL');
      const seconds = await publishCanary(world, 'after-kill');
      world.measured('Share created right after has its Secret', seconds, 17);
      await world.replicas.join();
      return `new Share published after ${seconds.toFixed(1)} s`;
    },
  },
  {
    name: 'SIGSTOP of the leader in the middle of work',
    async run(world) {
      const [{ replica }, follower] = await world.replicas.roles();
      const names = numbered(world.fresh('stopped'), 40);
      const creating = createShares(world, 'canary', names);
      replica.signal('SIGSTOP');
      await creating;
      await until(
        'the other leads',
        async () => (await follower.replica.readiness()) === 'ok: leading',
        90_000,
      );
      await world.historian.until('all are published', () =>
        names.every((name) => urlsOf(world, `canary/${name}`) > 0),
      );
      await delay(world.plan.stopSeconds * 1_000);
      replica.signal('SIGCONT');
      await until(
        'the old leader stands by',
        async () => (await replica.readiness()) === 'ok: standing by',
        90_000,
      );
      await publishCanary(world, 'after-cont');
      return `stopped for more than ${world.plan.stopSeconds} s, then stands by`;
    },
  },
  {
    name: 'Lease edited to the year 2099',
    async run(world) {
      const { admin } = world;
      const [{ replica }] = await world.replicas.roles();
      const year = '2099-01-01T00:00:00.000000Z';
      const edit = { spec: { renewTime: year, acquireTime: year } };
      if ((await admin.send('PATCH', leasePath, edit)).status !== 200)
        throw new Error('the Lease cannot be edited');
      const before = await publishCanary(world, 'in-2099');
      replica.signal('SIGKILL');
      await replica.exited;
      if ((await admin.send('PATCH', leasePath, edit)).status !== 200)
        throw new Error('the Lease cannot be edited');
      const after = await publishCanary(world, 'after-2099');
      await world.replicas.join();
      world.measured('Share created after the leader died has its Secret', after, 17);
      return `its leader went on (${before.toFixed(1)} s), and was succeeded when killed (${after.toFixed(1)} s)`;
    },
  },
  {
    name: 'a replica with a wrong clock leads',
    async run(world) {
      const outcomes: string[] = [];
      for (const offset of world.plan.clockOffsetsSeconds) {
        const before = world.replicas.living();
        const { replica } = await world.replicas.join(offset);
        for (const member of before) {
          member.replica.signal('SIGTERM');
          await member.replica.exited;
        }
        await until('it leads', async () => (await replica.readiness()) === 'ok: leading', 90_000);
        const seconds = await publishCanary(world, `clock-${offset < 0 ? 'behind' : 'ahead'}`);
        outcomes.push(`${offset} s: new Share published after ${seconds.toFixed(1)} s`);
        await Promise.all([world.replicas.join(), world.replicas.join()]);
        replica.signal('SIGTERM');
        await replica.exited;
      }
      return outcomes.join('; ');
    },
  },
];
