import { expect, test } from 'vitest';

import { createManualTime, type ManualTime } from './manual-time.ts';
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
