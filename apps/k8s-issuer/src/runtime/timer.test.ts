import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { realTimers, wait } from './timer.ts';

test('wait ends when its time has come', async () => {
  const time = createManualTime();
  let over = false;
  const waiting = wait(time, 1_000, new AbortController().signal).then(() => (over = true));
  await time.advance(999);
  expect(over).toBe(false);
  await time.advance(1);
  expect(await waiting).toBe(true);
});

test('an abort ends wait at once and leaves no timer behind', async () => {
  const time = createManualTime();
  const stop = new AbortController();
  const waiting = wait(time, 1_000, stop.signal);
  stop.abort();
  await waiting;
  await wait(time, 1_000, stop.signal);
  expect(time.armed()).toBe(0);
});

test('a delay that Node cannot count does not fire at once', async () => {
  let fired = false;
  const cancel = realTimers.setTimeout(() => (fired = true), 2 ** 40);
  await wait(realTimers, 20, new AbortController().signal);
  cancel();
  expect(fired).toBe(false);
});
