import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createWorkQueue } from './work-queue.ts';

test('a key waits once however often it is added', async () => {
  const queue = createWorkQueue();
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  expect(queue.length()).toBe(2);
  expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
  expect(queue.length()).toBe(0);
});

test('a key added while it is worked on comes again after done, once', async () => {
  const queue = createWorkQueue();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.add('a');
  expect(queue.length()).toBe(0);
  queue.done('a');
  expect(queue.length()).toBe(1);
  expect(await queue.take()).toBe('a');
  queue.done('a');
  expect(queue.length()).toBe(0);
});

test('waiting workers get keys in the order in which they asked', async () => {
  const queue = createWorkQueue();
  const taken = Promise.all([queue.take(), queue.take()]);
  queue.add('a');
  queue.add('b');
  expect(await taken).toEqual(['a', 'b']);
});

test('shutdown wakes every worker, drops what waits and ignores what is added', async () => {
  const queue = createWorkQueue();
  const idle = [queue.take(), queue.take()];
  queue.shutDown();
  queue.add('a');
  expect(await Promise.all([...idle, queue.take()])).toEqual([undefined, undefined, undefined]);
  expect(queue.length()).toBe(0);
});

test('shutdown while a key is worked on does not bring it back', async () => {
  const queue = createWorkQueue();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.shutDown();
  queue.done('a');
  expect(queue.length()).toBe(0);
});

test('the most pressing key comes first, by its priority when it was added', async () => {
  const urgent = new Set(['ns/new']);
  const queue = createWorkQueue({
    priorityOf: (key) => ({
      lane: urgent.has(key) ? 'urgent' : 'routine',
      deadlineMs: key === 'ns/soon' ? 1 : 2,
    }),
  });
  for (const key of ['ns/later', 'ns/soon', 'ns/new']) queue.add(key);
  urgent.add('ns/later');
  queue.add('ns/later');
  const taken = [await queue.take(), await queue.take(), await queue.take()];
  expect(taken).toEqual(['ns/new', 'ns/later', 'ns/soon']);
});

test('a key added late while it is worked on comes after all that wait, unless it is added again', async () => {
  const queue = createWorkQueue();
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
  for (const key of ['a', 'b']) expect(await queue.take()).toBe(key);
  queue.addLate('a');
  queue.add('b');
  queue.addLate('b');
  for (const key of ['a', 'b']) queue.done(key);
  queue.addLate('c');
  const taken = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
  expect(taken).toEqual(['c', 'd', 'b', 'a']);
});

test('an observer hears of each key that begins to wait, is taken and is done, and of no other', async () => {
  const heard: string[] = [];
  const tell = (what: string) => (key: string) => void heard.push(`${what} ${key}`);
  const observer = { added: tell('added'), taken: tell('taken'), done: tell('done') };
  const queue = createWorkQueue({ observer });
  queue.add('a');
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.done('a');
  queue.done('a');
  expect(heard).toEqual(['added a', 'taken a', 'done a', 'added a']);
});

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('add' as const, 'addLate' as const),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
  }),
  fc.record({ kind: fc.constant('take' as const) }),
  fc.record({ kind: fc.constant('done' as const), pick: fc.nat() }),
);

test('in any interleaving no key has two workers and none that was asked for is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const queue = createWorkQueue();
      const held: string[] = [];
      // Keys asked for since their last visit began: each must still be visited.
      const owed = new Set<string>();
      const heldTwice: string[] = [];
      const take = async (): Promise<void> => {
        const key = await queue.take();
        if (key === undefined) return;
        if (held.includes(key)) heldTwice.push(key);
        held.push(key);
        owed.delete(key);
      };
      for (const it of steps) {
        if ('key' in it) {
          queue[it.kind](it.key);
          owed.add(it.key);
        } else if (it.kind === 'take') void take();
        else if (held.length > 0) queue.done(String(held.splice(it.pick % held.length, 1)[0]));
        await Promise.resolve();
        await Promise.resolve();
      }
      for (let round = 0; round < 12; round += 1) {
        for (const key of held.splice(0)) queue.done(key);
        void take();
        await Promise.resolve();
        await Promise.resolve();
      }
      expect(heldTwice).toEqual([]);
      expect([...owed]).toEqual([]);
      expect(queue.length()).toBe(0);
    }),
  );
});
