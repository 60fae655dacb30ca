import { expect, test } from 'vitest';

import { createManualTime } from './manual-time.ts';
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
  const queue = createRateLimitingQueue({ timers: time, maxDelayMs: 60_000 });
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
