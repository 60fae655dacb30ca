import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createManualTime, type ManualTime } from '../../test/doubles/manual-time.ts';
import { createDelayingQueue, type DelayingQueue } from './delaying-queue.ts';

function start(): { time: ManualTime; queue: DelayingQueue } {
  const time = createManualTime(1_000);
  return { time, queue: createDelayingQueue(time) };
}

test('a delayed key comes when its time has come, not before', async () => {
  const { time, queue } = start();
  queue.addAfter('a', 500);
  await time.advance(499);
  expect(queue.length()).toBe(0);
  await time.advance(1);
  expect(queue.length()).toBe(1);
});

test('of two delays for one key the earlier wins, whichever came first', async () => {
  const { time, queue } = start();
  queue.addAfter('a', 500);
  queue.addAfter('a', 100);
  queue.addAfter('b', 100);
  queue.addAfter('b', 500);
  await time.advance(100);
  expect(new Set([await queue.take(), await queue.take()])).toEqual(new Set(['a', 'b']));
  queue.done('a');
  queue.done('b');
  await time.advance(1_000);
  expect(queue.length()).toBe(0);
});

test('ten thousand delayed keys hold one timer and come in order', async () => {
  const { time, queue } = start();
  for (let n = 10_000; n > 0; n -= 1) queue.addAfter(`key-${n}`, n);
  expect(time.armed()).toBe(1);
  await time.advance(3);
  expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['key-1', 'key-2', 'key-3']);
  expect(queue.length()).toBe(0);
  expect(time.armed()).toBe(1);
});

test('a key without delay comes at once', () => {
  const { queue } = start();
  queue.addAfter('a', 0);
  expect(queue.length()).toBe(1);
});

test('a key that is due at once does not come again at the later time it was given before', async () => {
  const { time, queue } = start();
  queue.addAfter('a', 100);
  queue.addAfter('a', 0);
  expect(await queue.take()).toBe('a');
  queue.done('a');
  await time.advance(1_000);
  expect(queue.length()).toBe(0);
});

test('setting the machine clock back delays no key', async () => {
  const { time, queue } = start();
  queue.addAfter('a', 100);
  time.jump(-3_600_000);
  queue.addAfter('b', 100);
  await time.advance(100);
  expect(queue.length()).toBe(2);
});

test('a timer that fires too early is armed again', async () => {
  const time = createManualTime();
  const hasty = { ...time, setTimeout: (run: () => void, ms: number) => time.setTimeout(run, ms / 2) };
  const queue = createDelayingQueue(hasty);
  queue.addAfter('a', 64);
  await time.advance(63);
  expect(queue.length()).toBe(0);
  await time.advance(1);
  expect(queue.length()).toBe(1);
});

test('shutdown leaves no timer behind', () => {
  const { time, queue } = start();
  queue.addAfter('a', 100);
  queue.shutDown();
  queue.addAfter('b', 100);
  expect(time.armed()).toBe(0);
});

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), key: keys, ms: fc.integer({ min: -10, max: 1_000 }) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 700 }) }),
  fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -5_000, max: 5_000 }) }),
);

test('whatever is added, each key comes once, at the earliest time that was asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { time, queue } = start();
      const due = new Map<string, number>();
      for (const one of steps) {
        if (one.kind === 'jump') time.jump(one.ms);
        else if (one.kind === 'add') {
          const dueMs = time.elapsedMs() + one.ms;
          due.set(one.key, Math.min(due.get(one.key) ?? Number.POSITIVE_INFINITY, dueMs));
          queue.addAfter(one.key, one.ms);
        } else await time.advance(one.ms);
        const came: string[] = [];
        while (queue.length() > 0) {
          const key = String(await queue.take());
          queue.done(key);
          came.push(key);
        }
        const expected = [...due].filter(([, ms]) => ms <= time.elapsedMs()).map(([key]) => key);
        expect(came.toSorted()).toEqual(expected.toSorted());
        for (const key of came) due.delete(key);
        expect(time.armed()).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 100 },
  );
});
