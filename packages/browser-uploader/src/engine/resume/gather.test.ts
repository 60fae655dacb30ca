import { expect, test } from 'vitest';

import { createGathering } from './gather.ts';

test('what is asked while the work is under way goes together after it, and each gets its own answer', async () => {
  const batches: number[][] = [];
  const double = createGathering<number, number>(3, async (items) => {
    batches.push([...items]);
    return items.map((item) => item * 2);
  });
  const first = double(1);
  await first;
  const answers = await Promise.all([2, 3, 4, 5].map(double));
  expect([await first, ...answers]).toEqual([2, 4, 6, 8, 10]);
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
});

test('one that fails fails nobody else, and what comes later is worked on', async () => {
  const halve = createGathering<number, number>(10, async (items) => {
    if (items.some((item) => item % 2 !== 0)) throw new RangeError('odd');
    return items.map((item) => item / 2);
  });
  const settled = await Promise.allSettled([2, 3, 4].map(halve));
  expect(settled).toMatchObject([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: { message: 'odd' } },
    { status: 'fulfilled', value: 2 },
  ]);
  expect(await halve(6)).toBe(3);
});
