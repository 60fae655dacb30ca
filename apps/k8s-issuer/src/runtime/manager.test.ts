import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createMemoryServer, type MemoryObject } from '../../test/doubles/memory-list-watch.ts';
import { createController } from './controller.ts';
import type { Elector } from './leader-election.ts';
import { createManager } from './manager.ts';
import { createObjectStore } from './object-store.ts';
import { createRateLimitingQueue } from './rate-limiting-queue.ts';
import { createReflector } from './reflector.ts';

interface Parts {
  readonly gate?: (signal: AbortSignal) => Promise<void>;
  readonly reconcile?: (key: string) => Promise<void>;
  readonly elector?: Elector;
}

const alone: Elector = {
  isLeader: () => true,
  async run({ signal, lead }) {
    await lead(signal);
    return 'released';
  },
};

function start({ gate, reconcile, elector = alone }: Parts = {}) {
  const time = createManualTime();
  const server = createMemoryServer();
  const store = createObjectStore<MemoryObject>();
  const queue = createRateLimitingQueue({ timers: time });
  const visited: string[] = [];
  const reflector = createReflector({
    name: 'things',
    listWatch: server.listWatch,
    store,
    handlers: {
      added: (it) => queue.add(it.metadata.name),
      updated: (_, it) => queue.add(it.metadata.name),
      deleted: (it) => queue.add(it.metadata.name),
    },
    timers: time,
    random: () => 0,
    onError: () => undefined,
  });
  const controller = createController({
    name: 'things',
    queue,
    timers: time,
    workers: 2,
    async reconcile(key) {
      visited.push(key);
      await reconcile?.(key);
    },
    onError: () => undefined,
  });
  const manager = createManager({
    reflectors: [reflector],
    lead: () => [controller],
    timers: time,
    elector,
    ...(gate === undefined ? {} : { gate }),
  });
  const stop = new AbortController();
  return { time, server, visited, reflector, manager, stop, run: () => manager.run(stop.signal) };
}

test('no visit begins before the caches are full', async () => {
  const { time, server, visited, manager, stop, run } = start();
  server.put('a');
  server.fail(3);
  const running = run();
  await time.advance(0);
  expect([manager.hasSynced(), visited]).toEqual([false, []]);
  await time.advance(3_000);
  expect([manager.hasSynced(), visited]).toEqual([true, ['a']]);
  stop.abort();
  await running;
});

test('caches are filled while the gate is closed, and no visit begins', async () => {
  const leader = Promise.withResolvers<void>();
  const { time, server, visited, manager, stop, run } = start({ gate: () => leader.promise });
  server.put('a');
  const running = run();
  await time.advance(0);
  expect([manager.hasSynced(), visited]).toEqual([true, []]);
  leader.resolve();
  await time.advance(0);
  expect(visited).toEqual(['a']);
  stop.abort();
  await running;
});

test('at the abort the running visit ends before the caches stop', async () => {
  const visit = Promise.withResolvers<void>();
  const { time, server, visited, reflector, stop, run } = start({ reconcile: () => visit.promise });
  server.put('a');
  let over = false;
  const running = run().finally(() => (over = true));
  await time.advance(0);
  stop.abort();
  await time.advance(0);
  expect([visited, over, reflector.isCurrent()]).toEqual([['a'], false, true]);
  visit.resolve();
  await running;
  expect(reflector.isCurrent()).toBe(false);
  expect(time.armed()).toBe(0);
});

test('a visit that does not end is waited for no longer than a successor can wait', async () => {
  const { time, server, stop, run } = start({ reconcile: () => new Promise(() => undefined) });
  server.put('a');
  const running = run();
  await time.advance(0);
  stop.abort();
  await time.advance(2_500);
  expect(await running).toBe('stopped');
});

test('a follower keeps its caches full and visits nothing; that its Lease was taken is said', async () => {
  const taken = Promise.withResolvers<'taken'>();
  const elector: Elector = { isLeader: () => false, run: () => taken.promise };
  const { time, server, visited, manager, run } = start({ elector });
  server.put('a');
  const running = run();
  await time.advance(1_000);
  expect([manager.hasSynced(), visited]).toEqual([true, []]);
  taken.resolve('taken');
  expect(await running).toBe('taken');
});

test('a lost term is stood for again, but not before its last visit has ended', async () => {
  const visit = Promise.withResolvers<void>();
  const losing = new AbortController();
  let terms = 0;
  const elector: Elector = {
    isLeader: () => false,
    async run({ signal, lead }) {
      terms += 1;
      if (terms > 1) {
        await lead(signal);
        return 'released';
      }
      void lead(losing.signal);
      await new Promise((resolve) => losing.signal.addEventListener('abort', resolve));
      return 'lost';
    },
  };
  const { time, server, stop, run } = start({ elector, reconcile: () => visit.promise });
  server.put('a');
  const running = run();
  await time.advance(0);
  losing.abort();
  await time.advance(60_000);
  expect(terms).toBe(1);
  visit.resolve();
  await time.advance(0);
  expect(terms).toBe(2);
  stop.abort();
  expect(await running).toBe('stopped');
});

test('an abort before the caches are full, or before the gate opens, ends it', async () => {
  for (const gate of [undefined, () => new Promise<void>(() => undefined)]) {
    const { time, server, visited, stop, run } = start(gate === undefined ? {} : { gate });
    server.fail(gate === undefined ? 1_000 : 0);
    const running = run();
    await time.advance(0);
    stop.abort();
    await running;
    expect(visited).toEqual([]);
  }
});

test('a gate that fails stops everything and is passed on', async () => {
  const { time, run } = start({ gate: () => Promise.reject(new Error('no admission policy')) });
  const running = run();
  const rejected = expect(running).rejects.toThrow('no admission policy');
  await time.advance(0);
  await rejected;
  expect(time.armed()).toBe(0);
});
