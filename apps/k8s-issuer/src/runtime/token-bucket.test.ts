import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createTokenBucket } from './token-bucket.ts';

test('lets a burst through and then its rate', async () => {
  const time = createManualTime();
  const bucket = createTokenBucket({ timers: time, perSecond: 4, burst: 2 });
  expect([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()]).toEqual([true, true, false]);
  await time.advance(250);
  expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
});

test('tokens from the future cost their waiting time', () => {
  const time = createManualTime();
  const bucket = createTokenBucket({ timers: time, perSecond: 4, burst: 1 });
  expect([bucket.reserve(), bucket.reserve(), bucket.reserve()]).toEqual([0, 250, 500]);
});

test('a long rest fills it to the burst and no further', async () => {
  const time = createManualTime();
  const bucket = createTokenBucket({ timers: time, perSecond: 100, burst: 3 });
  await time.advance(3_600_000);
  expect([bucket.reserve(), bucket.reserve(), bucket.reserve(), bucket.reserve()]).toEqual([0, 0, 0, 10]);
});

test('setting the machine clock back takes no tokens away', () => {
  const time = createManualTime(10_000);
  const bucket = createTokenBucket({ timers: time, perSecond: 1, burst: 1 });
  time.jump(-9_000);
  expect(bucket.tryTake()).toBe(true);
});
