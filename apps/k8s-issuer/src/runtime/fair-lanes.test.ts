import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createFairLanes, type FairLanes, type Priority } from './fair-lanes.ts';

const urgent = (deadlineMs = 0): Priority => ({ lane: 'urgent', deadlineMs });
const late = (deadlineMs = 0): Priority => ({ lane: 'late', deadlineMs });
const routine = (deadlineMs = 0): Priority => ({ lane: 'routine', deadlineMs });

function drain(lanes: FairLanes): string[] {
  const taken: string[] = [];
  for (let key = lanes.take(); key !== undefined; key = lanes.take()) taken.push(key);
  return taken;
}

test('urgent keys come first, then the earliest deadline, then the first that came', () => {
  const lanes = createFairLanes();
  lanes.put('a/late', routine(9));
  lanes.put('a/early', routine(1));
  lanes.put('a/early-too', routine(1));
  lanes.put('a/new', urgent());
  lanes.put('a/expired', urgent(-5));
  expect(drain(lanes)).toEqual(['a/expired', 'a/new', 'a/early', 'a/early-too', 'a/late']);
});

test('a key that waits keeps the more pressing of its priorities, and waits once', () => {
  const lanes = createFairLanes();
  lanes.put('a/x', routine(5));
  lanes.put('a/y', routine(3));
  lanes.put('a/x', routine(9));
  lanes.put('a/x', routine(1));
  expect(lanes.size()).toBe(2);
  lanes.put('a/y', urgent());
  lanes.put('a/y', routine(0));
  expect(drain(lanes)).toEqual(['a/y', 'a/x']);
});

test.each([urgent, routine, late])(
  'a namespace with 10,000 keys delays one with 50 by 50 keys at most',
  (lane) => {
    const lanes = createFairLanes();
    for (let n = 0; n < 10_000; n += 1) lanes.put(`loud/${n}`, lane(n));
    for (let n = 0; n < 50; n += 1) lanes.put(`quiet/${n}`, lane(1e9 + n));
    const taken = Array.from({ length: 100 }, () => lanes.take());
    expect(taken.filter((key) => key?.startsWith('quiet/'))).toHaveLength(50);
  },
);

test('a flood of urgent keys leaves a fifth of the turns to the rest', () => {
  const lanes = createFairLanes();
  for (let n = 0; n < 1_000; n += 1) lanes.put(`a/urgent-${n}`, urgent());
  for (let n = 0; n < 20; n += 1) lanes.put(`b/renewal-${n}`, routine(n));
  const taken = Array.from({ length: 100 }, () => lanes.take());
  expect(taken.filter((key) => key?.startsWith('b/'))).toHaveLength(20);
});

test('late keys come after all others, but one after 64 of those', () => {
  const lanes = createFairLanes();
  lanes.put('b/told', late());
  lanes.put('b/told-too', late());
  for (let n = 0; n < 50; n += 1) {
    lanes.put(`a/urgent-${n}`, urgent());
    lanes.put(`a/routine-${n}`, routine());
  }
  const taken = drain(lanes);
  expect([taken.indexOf('b/told'), taken.indexOf('b/told-too')]).toEqual([64, 101]);
});

test('however much was taken before a late key waited, it comes after all others', () => {
  const lanes = createFairLanes();
  for (let n = 0; n < 200; n += 1) lanes.put(`a/${n}`, routine());
  drain(lanes);
  for (const name of ['a/x', 'a/y']) lanes.put(name, routine());
  lanes.put('a/told', late());
  expect(drain(lanes)).toEqual(['a/x', 'a/y', 'a/told']);
});

test('a late key that is put in again as another is no longer late', () => {
  const lanes = createFairLanes();
  lanes.put('a/x', late());
  lanes.put('a/y', routine(9));
  lanes.put('a/x', routine(1));
  lanes.put('a/x', late());
  expect(drain(lanes)).toEqual(['a/x', 'a/y']);
});

const key = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(6)).map(([group, n]) => `${group}/${n}`);
const priority = fc.record({
  lane: fc.constantFrom('urgent' as const, 'routine' as const, 'late' as const),
  deadlineMs: fc.integer({ min: 0, max: 20 }),
});
const steps = fc.array(fc.oneof(fc.tuple(key, priority), fc.constant('take' as const)), { maxLength: 80 });

test('whatever is put and taken, each key waits once and none is lost', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const lanes = createFairLanes();
      const model = new Set<string>();
      for (const step of history) {
        if (step === 'take') {
          const taken = lanes.take();
          expect(taken === undefined ? model.size : model.delete(taken)).toBe(taken === undefined ? 0 : true);
        } else {
          lanes.put(...step);
          model.add(step[0]);
        }
        expect(lanes.size()).toBe(model.size);
      }
      expect(new Set(drain(lanes))).toEqual(model);
    }),
  );
});
