import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createRateLimitingQueue } from './rate-limiting-queue.ts';
import { createTokenBucket } from './token-bucket.ts';

test('the back-off of a key doubles from one second and stops at the cap', async () => {
  const time = createManualTime();
  const queue = createRateLimitingQueue({ timers: time, maxDelayMs: 5_000 });
  for (const seconds of [1, 2, 4, 5, 5]) {
    queue.addRateLimited('a');
    await time.advance(seconds * 1_000 - 1);
    expect(queue.length()).toBe(0);
    await time.advance(1);
    expect(await queue.take()).toBe('a');
    queue.done('a');
  }
  expect(queue.failures('a')).toBe(5);
});

test('forget starts the back-off anew, for that key only', async () => {
  const time = createManualTime();
  const queue = createRateLimitingQueue({ timers: time });
  for (const key of ['a', 'a', 'b']) queue.addRateLimited(key);
  queue.forget('a');
  expect([queue.failures('a'), queue.failures('b')]).toEqual([0, 1]);
});

test('a key that failed for weeks keeps a finite back-off', async () => {
  const time = createManualTime();
  const bucket = createTokenBucket({ timers: time, perSecond: 10, burst: 10_000 });
  const queue = createRateLimitingQueue({ timers: time, maxDelayMs: 60_000, bucket });
  for (let n = 0; n < 5_000; n += 1) {
    queue.addRateLimited('a');
  }
  await time.advance(1_000);
  queue.done(String(await queue.take()));
  queue.addRateLimited('a');
  await time.advance(59_999);
  expect(queue.length()).toBe(0);
  await time.advance(1);
  expect(queue.length()).toBe(1);
});

test('failures of many keys share one token bucket', async () => {
  const time = createManualTime();
  const bucket = createTokenBucket({ timers: time, perSecond: 10, burst: 5 });
  const queue = createRateLimitingQueue({ timers: time, baseDelayMs: 1, bucket });
  for (let n = 0; n < 25; n += 1) queue.addRateLimited(`key-${n}`);
  await time.advance(1);
  expect(queue.length()).toBe(5);
  await time.advance(999);
  expect(queue.length()).toBe(15);
  await time.advance(1_000);
  expect(queue.length()).toBe(25);
});

test('without another bucket, failures of many keys come at ten a second after the first hundred', async () => {
  const time = createManualTime();
  const queue = createRateLimitingQueue({ timers: time });
  for (let n = 0; n < 300; n += 1) queue.addRateLimited(`key-${n}`);
  await time.advance(1_000);
  expect(queue.length()).toBe(110);
  await time.advance(10_000);
  expect(queue.length()).toBe(210);
});

test('no key waits longer than it can bear, for its back-off or for a token', async () => {
  const time = createManualTime();
  const queue = createRateLimitingQueue({ timers: time });
  for (let n = 0; n < 300; n += 1) queue.addRateLimited(`key-${n}`);
  queue.addRateLimited('pressed', 3_000);
  await time.advance(3_000);
  expect(queue.length()).toBe(131);
});

const keys = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  fc.record({ kind: fc.constant('fail' as const), key: keys }),
  fc.record({ kind: fc.constant('forget' as const), key: keys }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
);

test('whatever fails and is forgotten, each key comes after the back-off of its failures in a row', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const time = createManualTime();
      const queue = createRateLimitingQueue({ timers: time, maxDelayMs: 10_000 });
      const failures = new Map<string, number>();
      const due = new Map<string, number>();
      for (const one of steps) {
        if (one.kind === 'forget') {
          queue.forget(one.key);
          failures.delete(one.key);
        } else if (one.kind === 'fail') {
          const count = failures.get(one.key) ?? 0;
          const dueMs = time.elapsedMs() + Math.min(1_000 * 2 ** count, 10_000);
          due.set(one.key, Math.min(due.get(one.key) ?? Number.POSITIVE_INFINITY, dueMs));
          failures.set(one.key, count + 1);
          queue.addRateLimited(one.key);
        } else {
          await time.advance(one.ms);
          const came = new Set<string>();
          while (queue.length() > 0) {
            const key = String(await queue.take());
            queue.done(key);
            came.add(key);
          }
          const expected = [...due].filter(([, ms]) => ms <= time.elapsedMs()).map(([key]) => key);
          expect(came).toEqual(new Set(expected));
          for (const key of came) due.delete(key);
        }
      }
      for (const key of ['a', 'b', 'c', 'd']) expect(queue.failures(key)).toBe(failures.get(key) ?? 0);
    }),
    { numRuns: 50 },
  );
});
