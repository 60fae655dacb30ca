import { expect, test } from 'vitest';

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
