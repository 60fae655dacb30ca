import { expect, onTestFinished, test, vi } from 'vitest';

import { createWaitingRoom } from './waiting-room.ts';

/** Something that comes when it is told to, and remembers that it was given up. */
function waiting() {
  let arrive: (text: string) => void = () => {};
  let giveUp: (reason: Error) => void = () => {};
  const result = new Promise<string>((resolve, reject) => {
    arrive = resolve;
    giveUp = reject;
  });
  return { result, giveUp: (reason: Error) => giveUp(reason), arrive: (all: string) => arrive(all) };
}

const room = (max: number, deadlineMs: number) =>
  createWaitingRoom({
    max,
    deadlineMs,
    late: () => new Error('late'),
    crowded: () => new Error('crowded'),
  });
const endOf = (result: Promise<string>) => result.catch((error: Error) => error.message);

test('what is there in time is given, and what is not is given up at its own deadline', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { take } = room(8, 5000);
  const [first, second, prompt] = [waiting(), waiting(), waiting()];
  const ends: string[] = [];
  void endOf(take(first)).then((end) => ends.push(`first ${end}`));
  await vi.advanceTimersByTimeAsync(3000);
  void endOf(take(second)).then((end) => ends.push(`second ${end}`));
  const read = take(prompt);
  prompt.arrive('all of it');
  expect(await read).toBe('all of it');
  await vi.advanceTimersByTimeAsync(1999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toEqual(['first late']);
  await vi.advanceTimersByTimeAsync(3000);
  expect(ends).toEqual(['first late', 'second late']);
  expect(vi.getTimerCount()).toBe(0);
});

test('when there are too many the oldest gives way, so that stalled ones never keep a new one out', async () => {
  const { take } = room(3, 60_000);
  const stalled = [waiting(), waiting(), waiting(), waiting(), waiting()];
  const ends = stalled.map((one) => endOf(take(one)));
  const newcomer = waiting();
  const read = take(newcomer);
  newcomer.arrive('{}');
  expect(await read).toBe('{}');
  expect(await Promise.all(ends.slice(0, 3))).toEqual(['crowded', 'crowded', 'crowded']);
  for (const one of stalled.slice(3)) one.arrive('in time');
  expect(await Promise.all(ends.slice(3))).toEqual(['in time', 'in time']);
});

test('one that has ended, well or badly, takes no place any more', async () => {
  const { take } = room(1, 60_000);
  for (let round = 0; round < 3; round += 1) {
    const [good, bad] = [waiting(), waiting()];
    const read = take(good);
    good.arrive('{}');
    expect(await read).toBe('{}');
    const broken = take(bad);
    bad.giveUp(new TypeError('it broke off'));
    await expect(broken).rejects.toThrow('it broke off');
  }
});

test('one whose timer was taken away with its request counts no longer than its deadline', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { take } = room(2, 5000);
  const lost = [waiting(), waiting()];
  const ends = lost.map((one) => endOf(take(one)));
  vi.clearAllTimers();
  await vi.advanceTimersByTimeAsync(5000);
  const [one, other] = [waiting(), waiting()];
  const reads = [take(one), take(other)];
  expect(await Promise.all(ends)).toEqual(['late', 'late']);
  for (const each of [one, other]) each.arrive('{}');
  expect(await Promise.all(reads)).toEqual(['{}', '{}']);
});
