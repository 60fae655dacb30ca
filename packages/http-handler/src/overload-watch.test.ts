import { setImmediate as nextTurn } from 'node:timers/promises';

import { beforeEach, expect, test, vi } from 'vitest';

import { createOverloadWatch } from './overload-watch.ts';

let nowMs = 1000;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  return () => vi.restoreAllMocks();
});

/** Requests of one turn of the event loop, so many milliseconds after each other. */
async function turn(isOverloaded: () => boolean, gapsMs: readonly number[]): Promise<readonly boolean[]> {
  const told = gapsMs.map((gapMs) => {
    nowMs += gapMs;
    return isOverloaded();
  });
  await nextTurn();
  return told;
}

test('a process that keeps up refuses nobody', async () => {
  const isOverloaded = createOverloadWatch();
  for (let count = 0; count < 10; count += 1) {
    expect(await turn(isOverloaded, [0, 10, 10])).toEqual([false, false, false]);
  }
});

test('one burst is worked off, up to twice what a request may wait', async () => {
  expect(await turn(createOverloadWatch(), [0, 20, 20, 20])).toEqual([false, false, false, true]);
});

test('while turns are late one after another, a request waits no longer than 25 ms for its own', async () => {
  const isOverloaded = createOverloadWatch();
  await turn(isOverloaded, [0, 30]);
  expect(await turn(isOverloaded, [0, 20, 10])).toEqual([false, false, true]);
  expect(await turn(isOverloaded, [0, 20, 10])).toEqual([false, false, true]);
});

test('a turn that was late long ago tells nothing of this one', async () => {
  const isOverloaded = createOverloadWatch();
  await turn(isOverloaded, [0, 30]);
  expect(await turn(isOverloaded, [500, 30])).toEqual([false, false]);
});
