import { expect, test } from 'vitest';

import { createBodyRoom } from './body-room.ts';
import type { BodyReading } from './exchange.ts';

/** A body that comes when it is told to, and remembers that it was cut off. */
function body() {
  let arrive: (text: string) => void = () => {};
  let cutOff: BodyReading['cutOff'] = () => {};
  const text = new Promise<string>((resolve, reject) => {
    arrive = resolve;
    cutOff = reject;
  });
  return { text, cutOff: (reason: Error) => cutOff(reason), arrive: (all: string) => arrive(all) };
}

test('a body that is there in time is read, and one that is not is cut off', async () => {
  const room = createBodyRoom({ maxBodies: 8, deadlineMs: 20 });
  const [prompt, stalled] = [body(), body()];
  const late = room.take(stalled);
  const read = room.take(prompt);
  prompt.arrive('all of it');
  expect(await read).toBe('all of it');
  await expect(late).rejects.toMatchObject({
    code: 'body-too-slow',
    retryable: true,
    expected: 'all of it within 0.02 seconds',
  });
});

test('when there are too many the oldest gives way, so that stalled ones never keep a new one out', async () => {
  const room = createBodyRoom({ maxBodies: 3, deadlineMs: 60_000 });
  const stalled = [body(), body(), body(), body(), body()];
  const ends = stalled.map((one) => room.take(one).catch((error: { code: string }) => error.code));
  const newcomer = body();
  const read = room.take(newcomer);
  newcomer.arrive('{}');
  expect(await read).toBe('{}');
  expect(await Promise.all(ends.slice(0, 3))).toEqual(Array.from({ length: 3 }, () => 'body-too-slow'));
  for (const one of stalled.slice(3)) one.arrive('late');
  expect(await Promise.all(ends.slice(3))).toEqual(['late', 'late']);
});

test('one that has ended, well or badly, takes no place any more', async () => {
  const room = createBodyRoom({ maxBodies: 1, deadlineMs: 60_000 });
  for (let round = 0; round < 3; round += 1) {
    const [good, bad] = [body(), body()];
    const read = room.take(good);
    good.arrive('{}');
    expect(await read).toBe('{}');
    const broken = room.take(bad);
    bad.cutOff(new TypeError('it broke off'));
    await expect(broken).rejects.toThrow('it broke off');
  }
});
