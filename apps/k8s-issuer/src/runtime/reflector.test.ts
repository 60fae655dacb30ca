import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import {
  createMemoryServer,
  type MemoryObject,
  type MemoryServer,
} from '../../test/doubles/memory-list-watch.ts';
import { createObjectStore } from './object-store.ts';
import { createReflector } from './reflector.ts';
import type { WatchEnd } from './watch-back-off.ts';

interface Faults {
  /** Stands in for the server's list. */
  readonly list?: MemoryServer['listWatch']['list'];
  /** Stands in for the server's watch. */
  readonly watch?: MemoryServer['listWatch']['watch'];
  readonly onAdded?: (name: string) => void;
}

function start(server: MemoryServer, { onAdded, ...faults }: Faults = {}) {
  const time = createManualTime();
  const store = createObjectStore<MemoryObject>();
  const told: string[] = [];
  const errors: unknown[] = [];
  const ends: WatchEnd[] = [];
  const stop = new AbortController();
  const reflector = createReflector({
    name: 'things',
    listWatch: { ...server.listWatch, ...faults },
    store,
    handlers: {
      added({ metadata: { name } }) {
        told.push(`+${name}`);
        onAdded?.(name);
      },
      updated: (_, { metadata: { name } }) => told.push(`~${name}`),
      deleted: ({ metadata: { name } }) => told.push(`-${name}`),
    },
    timers: time,
    random: () => 0.5,
    onError: (error) => errors.push(error),
    onWatchEnd: (why) => ends.push(why),
  });
  const running = reflector.run(stop.signal);
  return { time, store, told, errors, ends, stop, reflector, running };
}

test('it is synced once every page was taken in, not before', async () => {
  const server = createMemoryServer();
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(name);
  const { time, store, told, reflector } = start(server);
  expect(reflector.hasSynced()).toBe(false);
  await time.advance(0);
  await reflector.whenSynced();
  expect(reflector.hasSynced()).toBe(true);
  expect(server.requests).toEqual(['list', 'list 2', 'list 4', 'watch 105']);
  expect(told).toEqual(['+a', '+b', '+c', '+d', '+e']);
  expect(store.size()).toBe(5);
});

test('a page that fails takes nothing in, and the list begins again', async () => {
  const server = createMemoryServer();
  for (const name of ['a', 'b', 'c']) server.put(name);
  let broken = true;
  const { time, store, errors, reflector } = start(server, {
    async list(request) {
      if (request.continueToken !== undefined && broken) throw new Error('page lost');
      return server.listWatch.list(request);
    },
  });
  await time.advance(0);
  expect([store.size(), reflector.hasSynced()]).toEqual([0, false]);
  broken = false;
  await time.advance(1_000);
  expect([store.size(), reflector.hasSynced()]).toEqual([3, true]);
  expect(errors).toEqual([new Error('page lost')]);
});

test('events become calls of the right handler', async () => {
  const server = createMemoryServer();
  server.put('a');
  const { time, told } = start(server);
  await time.advance(0);
  server.put('b');
  server.put('a');
  server.remove('b');
  server.remove('never-there');
  expect(told).toEqual(['+a', '+b', '~a', '-b']);
});

test('after a failure the watch goes on from the newest version, a bookmark included', async () => {
  const server = createMemoryServer();
  const { time, errors, told, reflector } = start(server);
  await time.advance(0);
  server.put('a');
  server.bookmark();
  server.endWatch('error');
  await time.advance(0);
  expect(reflector.isCurrent()).toBe(false);
  server.put('b');
  await time.advance(1_000);
  expect(reflector.isCurrent()).toBe(true);
  expect(server.requests).toEqual(['list', 'watch 100', 'watch 101']);
  expect(told).toEqual(['+a', '+b']);
  expect(errors).toEqual([new Error('connection reset')]);
});

test.each(['error', 'gone'] as const)('410 after %s lists again and tells what vanished', async (how) => {
  const server = createMemoryServer();
  for (const name of ['a', 'b', 'c']) server.put(name);
  const { time, told, ends } = start(server);
  await time.advance(0);
  told.length = 0;
  server.endWatch(how);
  server.remove('b');
  server.put('c');
  server.put('d');
  server.compact();
  await time.advance(1_000);
  expect(told).toEqual(['-b', '~c', '+d']);
  expect(ends.at(-1)).toBe('gone');
});

test('a watch that says nothing is begun again within 45 seconds; bookmarks keep it', async () => {
  const server = createMemoryServer();
  const { time, told, ends, errors } = start(server);
  await time.advance(0);
  for (let n = 0; n < 10; n += 1) {
    await time.advance(30_000);
    server.bookmark();
  }
  expect(ends).toEqual([]);
  server.hangWatch();
  server.put('a');
  await time.advance(45_000);
  expect(ends).toEqual(['silent']);
  expect(told).toEqual(['+a']);
  expect(errors).toEqual([]);
});

test('a quiet kind is current all the time, also while its watch is begun again', async () => {
  const { time, reflector, ends } = start(createMemoryServer());
  await time.advance(0);
  const states = new Set<boolean>();
  for (let ms = 0; ms < 200_000; ms += 20) {
    await time.advance(20);
    states.add(reflector.isCurrent());
  }
  expect(ends).toEqual(['silent', 'silent', 'silent', 'silent']);
  expect([...states]).toEqual([true]);
});

test.each(['ended', 'silent'] as const)(
  'after a watch that %s nothing is taken for current for longer than two seconds without an answer',
  async (why) => {
    const server = createMemoryServer();
    let answers = true;
    const { time, reflector, ends } = start(server, {
      watch: (request) => (answers ? server.listWatch.watch(request) : new Promise(() => undefined)),
    });
    await time.advance(0);
    answers = false;
    if (why === 'ended') server.endWatch('ended');
    else await time.advance(40_000);
    await time.advance(1_900);
    expect([ends, reflector.isCurrent()]).toEqual([[why], true]);
    await time.advance(200);
    expect(reflector.isCurrent()).toBe(false);
    answers = true;
    await time.advance(45_000);
    expect(reflector.isCurrent()).toBe(true);
  },
);

test('while the server is away it tries about every second, and is back right after', async () => {
  const server = createMemoryServer();
  const { time, told } = start(server);
  await time.advance(0);
  server.fail(1_000);
  server.endWatch('error');
  await time.advance(30_000);
  const tries = server.requests.length;
  expect(tries).toBeGreaterThanOrEqual(30);
  expect(tries).toBeLessThan(45);
  server.fail(0);
  server.put('a');
  await time.advance(1_000);
  expect(told).toEqual(['+a']);
});

test('a server that restarts after a long outage is followed again within its own pause and 1.5 seconds', async () => {
  const server = createMemoryServer();
  let isStarting = false;
  const { time, told } = start(server, {
    async list(request) {
      if (!isStarting) return server.listWatch.list(request);
      isStarting = false;
      throw Object.assign(new Error('storage is (re)initializing'), { status: 429, retryAfterSeconds: 1 });
    },
  });
  await time.advance(0);
  server.fail(1_000);
  server.endWatch('error');
  await time.advance(300_000);
  server.fail(0);
  server.put('a');
  server.compact();
  isStarting = true;
  await time.advance(2_500);
  expect(told).toEqual(['+a']);
});

test('a server that refuses watches after an outage is asked for a list, once, so that nothing missed has to wait', async () => {
  const server = createMemoryServer();
  let isStarting = false;
  const { time, told } = start(server, {
    async watch(request) {
      if (!isStarting) return server.listWatch.watch(request);
      throw Object.assign(new Error('storage is (re)initializing'), { status: 429, retryAfterSeconds: 1 });
    },
  });
  await time.advance(0);
  server.fail(20);
  server.endWatch('error');
  await time.advance(30_000);
  told.length = 0;
  server.requests.length = 0;
  isStarting = true;
  server.endWatch('error');
  server.put('a');
  await time.advance(30_000);
  expect(told).toEqual(['+a']);
  expect(server.requests).toEqual(['list']);
  isStarting = false;
  server.put('b');
  await time.advance(2_000);
  expect(told).toEqual(['+a', '+b']);
  expect(server.requests).toEqual(['list', 'watch 101']);
});

test('a server that asks for patience is left alone for as long as it says', async () => {
  const server = createMemoryServer();
  let refusals = 1;
  let asked = 0;
  const { time, reflector } = start(server, {
    async list(request) {
      asked += 1;
      if (refusals === 0) return server.listWatch.list(request);
      refusals -= 1;
      throw Object.assign(new Error('429'), { status: 429, retryAfterSeconds: 20 });
    },
  });
  await time.advance(19_999);
  expect([asked, reflector.hasSynced()]).toEqual([1, false]);
  await time.advance(2_000);
  expect([asked, reflector.hasSynced()]).toEqual([2, true]);
});

test('a handler that throws is reported and stops nothing', async () => {
  const server = createMemoryServer();
  const bench = start(server, {
    onAdded(name) {
      if (name === 'bad') throw new Error('poison');
    },
  });
  for (const name of ['bad', 'good']) server.put(name);
  await bench.time.advance(0);
  server.put('late');
  expect(bench.told).toEqual(['+bad', '+good', '+late']);
  expect(bench.errors).toEqual([new Error('poison')]);
  expect(bench.store.size()).toBe(3);
});

test('a list older than what was seen is refused; a restored server is believed in the end', async () => {
  const server = createMemoryServer();
  server.put('a');
  let stale = false;
  const { time, store, told, errors } = start(server, {
    list: async (request) => (stale ? { items: [], resourceVersion: '50' } : server.listWatch.list(request)),
  });
  await time.advance(0);
  stale = true;
  server.endWatch('gone');
  await time.advance(2_000);
  expect(errors.length).toBeGreaterThan(1);
  expect(store.size()).toBe(1);
  await time.advance(20_000);
  expect(errors).toHaveLength(4);
  expect(told[1]).toBe('-a');
});

test('the abort ends it although the watch hangs, and leaves no timer behind', async () => {
  const { time, stop, running, reflector } = start(createMemoryServer());
  await time.advance(0);
  stop.abort();
  await running;
  expect(reflector.isCurrent()).toBe(false);
  expect(time.armed()).toBe(0);
});

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), name: names }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), name: names }) },
  fc.record({ kind: fc.constant('end' as const), how: fc.constantFrom('ended', 'gone', 'error') }),
  fc.record({ kind: fc.constantFrom('hang', 'compact', 'bookmark', 'fail') }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(5_000) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(server: MemoryServer, it: Step, pass: (ms: number) => Promise<void>) {
  if (it.kind === 'put') server.put(it.name);
  else if (it.kind === 'remove') server.remove(it.name);
  else if (it.kind === 'end') server.endWatch(it.how);
  else if (it.kind === 'time') await pass(it.ms);
  else if (it.kind === 'hang') server.hangWatch();
  else if (it.kind === 'compact') server.compact();
  else if (it.kind === 'bookmark') server.bookmark();
  else server.fail(2);
}

test('whatever fails, the store and what the handlers were told end up equal to the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const server = createMemoryServer();
      const { time, store, told, stop, running } = start(server);
      for (const it of steps) await play(server, it, (ms) => time.advance(ms));
      server.fail(0);
      await time.advance(60_000);
      const heard = new Set<string>();
      for (const call of told) {
        if (call.startsWith('-')) expect(heard.delete(call.slice(1))).toBe(true);
        else if (call.startsWith('+')) expect(heard.size).toBe(heard.add(call.slice(1)).size - 1);
      }
      stop.abort();
      await running;
      expect([...store.keys()].toSorted()).toEqual(server.names().toSorted());
      expect([...heard].toSorted()).toEqual(server.names().toSorted());
    }),
    { numRuns: 300 },
  );
});
