import { expect, onTestFinished, test, vi } from 'vitest';

import { createSlots } from './slots.ts';

const never = () => new Promise<never>(() => {});
const done = async () => 'done';

test('a place comes back when its work ends, well or badly', async () => {
  const slots = createSlots(1);
  await expect(slots.run(() => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
  expect(await slots.run(done)).toBe('done');
  void slots.run(never);
  expect(slots.isFull()).toBe(true);
  expect(await slots.run(done)).toBeUndefined();
});

test('a place whose work was dropped half-way is lost for five minutes and no longer', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const slots = createSlots(2);
  for (let count = 0; count < 2; count += 1) void slots.run(never);
  vi.advanceTimersByTime(299_999);
  expect(await slots.run(done)).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(await slots.run(done)).toBe('done');
});
