import { expect, onTestFinished, test, vi } from 'vitest';

import { createMemoryCounter } from './memory-counter.ts';

test('the longest window that a policy can have is counted in', async () => {
  const counter = createMemoryCounter({ name: 'files/requests', count: 2, windowSeconds: 24 * 24 * 3600 });
  for (let round = 0; round < 2; round += 1) {
    expect(await counter.take('user ann', 1)).toBeUndefined();
    // A timer that overflows ends at once.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { retryAfterMs = 0 } = (await counter.take('user ann', 1)) ?? {};
  expect(retryAfterMs).toBeGreaterThan(2_000_000_000);
});

test('what was paid for is remembered for a window, and the newest fifty thousand of it', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { paid } = createMemoryCounter({ name: 'files/bytes', count: 10, windowSeconds: 60 });
  for (let index = 0; index <= 50_000; index += 1) await paid.add(`upload ${index}`);
  const known = async () => [
    await paid.has('upload 0'),
    await paid.has('upload 1'),
    await paid.has('upload 50000'),
  ];
  expect(await known()).toEqual([false, true, true]);
  vi.advanceTimersByTime(59_999);
  expect(await known()).toEqual([false, true, true]);
  vi.advanceTimersByTime(1);
  expect(await known()).toEqual([false, false, false]);
});
