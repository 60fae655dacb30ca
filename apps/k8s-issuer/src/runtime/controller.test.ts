import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createController, type Visit } from './controller.ts';
import { createRateLimitingQueue } from './rate-limiting-queue.ts';

function start(
  workers: number,
  reconcile: (key: string) => Promise<{ requeueAfterMs?: number } | void>,
  retry: Pick<Parameters<typeof createController>[0], 'retryAfterMs' | 'longestBackOffMs'> = {},
) {
  const time = createManualTime();
  const queue = createRateLimitingQueue({ timers: time });
  const errors: [string, unknown][] = [];
  const visits: Visit[] = [];
  const controller = createController({
    name: 'test',
    queue,
    timers: time,
    workers,
    reconcile,
    onError: (key, error) => errors.push([key, error]),
    onVisit: (visit) => visits.push(visit),
    ...retry,
  });
  return { time, queue, errors, visits, controller, running: controller.run() };
}

test('a visit that throws is reported and comes again after its back-off; success forgets it', async () => {
  let tries = 0;
  const bench = start(1, async () => {
    tries += 1;
    if (tries < 3) throw new Error(`try ${tries}`);
  });
  bench.queue.add('a');
  await bench.time.advance(999);
  expect(tries).toBe(1);
  await bench.time.advance(1);
  expect(bench.queue.failures('a')).toBe(2);
  await bench.time.advance(2_000);
  expect(tries).toBe(3);
  expect(bench.queue.failures('a')).toBe(0);
  expect(bench.errors).toEqual([
    ['a', new Error('try 1')],
    ['a', new Error('try 2')],
  ]);
  expect(bench.visits.map((visit) => visit.outcome)).toEqual(['error', 'error', 'success']);
});

test('a visit that throws again and again comes again within what its key can bear', async () => {
  const begunMs: number[] = [];
  const endMs = 100_000;
  const bench = start(
    1,
    async () => {
      begunMs.push(bench.time.elapsedMs());
      throw new Error('no');
    },
    { longestBackOffMs: () => Math.max((endMs - bench.time.elapsedMs()) / 4, 1_000) },
  );
  bench.queue.add('a');
  await bench.time.advance(endMs);
  const waits = begunMs
    .slice(1)
    .map((ms, n) => ({ waited: ms - (begunMs[n] ?? 0), left: endMs - (begunMs[n] ?? 0) }));
  expect(waits.length).toBeGreaterThan(10);
  expect(waits.filter(({ waited, left }) => waited > Math.max(left / 4, 1_000))).toEqual([]);
});

test('a visit may ask for the next one', async () => {
  let visits = 0;
  const bench = start(1, async () => {
    visits += 1;
    return visits === 1 ? { requeueAfterMs: 5_000 } : {};
  });
  bench.queue.add('a');
  await bench.time.advance(4_999);
  expect(visits).toBe(1);
  await bench.time.advance(1);
  expect(visits).toBe(2);
  expect(bench.visits.map((visit) => visit.outcome)).toEqual(['requeue_after', 'success']);
});

test('visits that wait for nothing let the event loop turn', async () => {
  let inTurn = 0;
  let most = 0;
  const bench = start(16, async () => {
    inTurn += 1;
    most = Math.max(most, inTurn);
  });
  const left = () => new Promise((resolve) => setImmediate(resolve));
  for (let n = 0; n < 2_000; n += 1) bench.queue.add(`key-${n}`);
  for (let turns = 0; bench.visits.length < 2_000 && turns < 4_000; turns += 1) {
    await left();
    inTurn = 0;
  }
  expect(bench.visits).toHaveLength(2_000);
  expect(most).toBeLessThanOrEqual(32);
});

test('as many keys as workers are visited at once, and one key never twice', async () => {
  const open = new Map<string, () => void>();
  const begun: string[] = [];
  const bench = start(2, (key) => {
    begun.push(key);
    return new Promise((resolve) => open.set(key, resolve));
  });
  for (const key of ['a', 'b', 'c', 'a']) bench.queue.add(key);
  await bench.time.advance(0);
  bench.queue.add('a');
  await bench.time.advance(0);
  expect(begun).toEqual(['a', 'b']);
  open.get('b')?.();
  await bench.time.advance(0);
  expect(begun).toEqual(['a', 'b', 'c']);
  open.get('a')?.();
  await bench.time.advance(0);
  expect(begun).toEqual(['a', 'b', 'c', 'a']);
});

test('shutdown lets the running visit end and begins no other', async () => {
  let finish = (): void => undefined;
  const begun: string[] = [];
  const bench = start(1, (key) => {
    begun.push(key);
    return new Promise((resolve) => (finish = resolve));
  });
  bench.queue.add('a');
  bench.queue.add('b');
  await bench.time.advance(0);
  bench.controller.shutDown();
  finish();
  await bench.running;
  expect(begun).toEqual(['a']);
});

test('a failure that is nobody’s own does not make the key wait longer each time; one may be given up', async () => {
  let tries = 0;
  const errors = [...Array.from({ length: 20 }, () => new Error('away')), new Error('over')];
  const bench = start(
    1,
    async () => {
      tries += 1;
      throw errors[tries - 1];
    },
    {
      retryAfterMs: (error) => (error instanceof Error && error.message === 'away' ? 1_000 : 'never'),
    },
  );
  bench.queue.add('a');
  await bench.time.advance(20_000);
  expect([tries, bench.queue.failures('a')]).toEqual([21, 0]);
  await bench.time.advance(600_000);
  expect(tries).toBe(21);
});
