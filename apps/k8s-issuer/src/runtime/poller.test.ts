import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createObjectStore } from './object-store.ts';
import { createPoller } from './poller.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

function start(onAdded: () => void = () => undefined) {
  const time = createManualTime();
  const store = createObjectStore<Thing>();
  const told: string[] = [];
  const errors: unknown[] = [];
  const server: { version: number | undefined; failures: number } = { version: 1, failures: 0 };
  const poller = createPoller<Thing>({
    name: 'things',
    key: 'a',
    everyMs: 10_000,
    async read() {
      if (server.failures > 0) {
        server.failures -= 1;
        throw new Error('away');
      }
      if (server.version === undefined) return undefined;
      return { metadata: { name: 'a', resourceVersion: String(server.version) } };
    },
    store,
    handlers: {
      added() {
        told.push('added');
        onAdded();
      },
      updated: (before, { metadata }) =>
        told.push(`${before.metadata.resourceVersion} to ${metadata.resourceVersion}`),
      deleted: () => told.push('deleted'),
    },
    timers: time,
    onError: (error) => errors.push(error),
  });
  const stop = new AbortController();
  const running = poller.run(stop.signal);
  return { time, store, told, errors, server, poller, stop, running };
}

test('a change is seen within its period, and no change tells nobody', async () => {
  const { time, told, server, poller } = start();
  await time.advance(0);
  expect([poller.hasSynced(), poller.isCurrent(), told]).toEqual([true, true, ['added']]);
  await time.advance(10_000);
  server.version = 2;
  await time.advance(10_000);
  server.version = undefined;
  await time.advance(10_000);
  expect(told).toEqual(['added', '1 to 2', 'deleted']);
});

test('it is synced once it was read, and keeps what it knew while it cannot be read', async () => {
  const bench = start();
  bench.server.failures = 1;
  bench.server.version = 1;
  await bench.time.advance(0);
  await bench.time.advance(2_000);
  await bench.poller.whenSynced();
  bench.server.failures = 2;
  await bench.time.advance(10_000);
  expect([bench.poller.isCurrent(), bench.store.size()]).toEqual([false, 1]);
  await bench.time.advance(4_000);
  expect(bench.poller.isCurrent()).toBe(true);
});

test('an absent object is a result: it is synced without one', async () => {
  const { time, server, poller, store } = start();
  server.version = undefined;
  await time.advance(0);
  await time.advance(10_000);
  expect([poller.hasSynced(), store.size()]).toEqual([true, 0]);
});

test('a handler that throws is reported and stops nothing; the abort does', async () => {
  const { time, errors, server, told, stop, running } = start(() => {
    throw new Error('poison');
  });
  await time.advance(0);
  server.version = 2;
  await time.advance(10_000);
  expect([told, errors]).toEqual([['added', '1 to 2'], [new Error('poison')]]);
  stop.abort();
  await running;
  expect(time.armed()).toBe(0);
});
