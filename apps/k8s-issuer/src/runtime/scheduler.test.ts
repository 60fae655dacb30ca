import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createManualTime, type ManualTime } from '../../test/doubles/manual-time.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

interface Bench {
  readonly time: ManualTime;
  readonly scheduler: Scheduler;
  readonly calls: string[];
  readonly errors: unknown[];
}

function start(due?: (key: string) => void): Bench {
  const time = createManualTime(1_000_000);
  const calls: string[] = [];
  const errors: unknown[] = [];
  const scheduler = createScheduler({
    clock: time,
    timers: time,
    due: (key) => {
      calls.push(key);
      due?.(key);
    },
    onError: (error) => errors.push(error),
  });
  return { time, scheduler, calls, errors };
}

test('keys fall due at their time, earliest first, each once', async () => {
  const { time, scheduler, calls } = start();
  scheduler.at('late', 1_005_000);
  scheduler.at('early', 1_002_500);
  await time.advance(2_499);
  expect(calls).toEqual([]);
  await time.advance(1);
  expect(calls).toEqual(['early']);
  await time.advance(10_000);
  expect(calls).toEqual(['early', 'late']);
  expect(time.armed()).toBe(0);
});

test('a new time replaces the old one, earlier or later', async () => {
  const { time, scheduler, calls } = start();
  scheduler.at('a', 1_001_000);
  scheduler.at('a', 1_003_000);
  scheduler.at('b', 1_009_000);
  scheduler.at('b', 1_002_000);
  expect(scheduler.dueAt('a')).toBe(1_003_000);
  await time.advance(2_000);
  expect(calls).toEqual(['b']);
  await time.advance(8_000);
  expect(calls).toEqual(['b', 'a']);
});

test('a cancelled key does not fall due', async () => {
  const { time, scheduler, calls } = start();
  scheduler.at('a', 1_001_000);
  scheduler.cancel('a');
  await time.advance(5_000);
  expect(calls).toEqual([]);
});

test('a clock set forward by hours is noticed within a second', async () => {
  const { time, scheduler, calls } = start();
  scheduler.at('a', 1_000_000 + 7_200_000);
  time.jump(7_200_000);
  await time.advance(1_000);
  expect(calls).toEqual(['a']);
});

test('a clock set back makes nothing fall due early', async () => {
  const { time, scheduler, calls } = start();
  scheduler.at('a', 1_005_000);
  time.jump(-60_000);
  await time.advance(64_999);
  expect(calls).toEqual([]);
  await time.advance(1);
  expect(calls).toEqual(['a']);
});

test('a callback that throws is reported and holds nobody up', async () => {
  const { time, scheduler, calls, errors } = start((key) => {
    if (key === 'bad') throw new Error('poison');
  });
  scheduler.at('bad', 1_001_000);
  scheduler.at('good', 1_001_000);
  await time.advance(1_000);
  expect(new Set(calls)).toEqual(new Set(['bad', 'good']));
  expect(errors).toEqual([new Error('poison')]);
});

test('a callback that asks for a time in the past is called at the next tick, not for ever', async () => {
  let asked = 0;
  const bench = start((key) => {
    if (asked < 3) bench.scheduler.at(key, 0);
    asked += 1;
  });
  bench.scheduler.at('a', 1_001_000);
  await bench.time.advance(1_000);
  expect(bench.calls).toEqual(['a', 'a', 'a', 'a']);
});

test('ten thousand keys hold one timer, and stop leaves none', () => {
  const { time, scheduler } = start();
  for (let n = 0; n < 10_000; n += 1) scheduler.at(`key-${n}`, 1_010_000 - n);
  expect(time.armed()).toBe(1);
  scheduler.stop();
  scheduler.at('a', 1_000_001);
  expect(time.armed()).toBe(0);
});

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const set = fc.record({
  kind: fc.constant('at' as const),
  key: keys,
  inMs: fc.integer({ min: -500, max: 9_000 }),
});
const cancel = fc.record({ kind: fc.constant('cancel' as const), key: keys });
const pass = fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4_000 }) });
const jump = fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -60_000, max: 60_000 }) });

describe('whatever is set and cancelled,', () => {
  test.each([
    ['each key falls due once, exactly at its last time', [set, cancel, pass], 0],
    [
      'and however the clock is set, each falls due once, within a second of its last time',
      [set, pass, jump],
      1_000,
    ],
  ] as const)('%s', async (_title, kinds, lateMs) => {
    const step = fc.oneof<[typeof set, typeof cancel, typeof pass, typeof jump][number][]>(...kinds);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const wanted = new Map<string, number>();
        const wrong: string[] = [];
        const { time, scheduler } = start((key) => {
          const dueMs = wanted.get(key);
          if (dueMs === undefined || dueMs > time.now()) wrong.push(key);
          wanted.delete(key);
        });
        for (const one of steps) {
          if (one.kind === 'at') {
            wanted.set(one.key, time.now() + one.inMs);
            scheduler.at(one.key, time.now() + one.inMs);
          } else if (one.kind === 'cancel') {
            wanted.delete(one.key);
            scheduler.cancel(one.key);
          } else if (one.kind === 'jump') {
            time.jump(one.ms);
          } else {
            await time.advance(one.ms);
            const late = [...wanted].filter(([, dueMs]) => dueMs <= time.now() - lateMs);
            if (one.ms >= lateMs) expect(late).toEqual([]);
          }
        }
        expect(wrong).toEqual([]);
        for (const [key, dueMs] of wanted) expect(scheduler.dueAt(key)).toBe(dueMs);
        expect(time.armed()).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
