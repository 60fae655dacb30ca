import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createDeadlineHeap } from './deadline-heap.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, dueMs: fc.nat(20) }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('pop' as const) }),
);

test('behaves like a sorted map after any series of set, delete and pop', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = createDeadlineHeap();
      const model = new Map<string, number>();
      for (const it of steps) {
        if (it.kind === 'set') {
          heap.set(it.key, it.dueMs);
          model.set(it.key, it.dueMs);
        } else if (it.kind === 'delete') {
          heap.delete(it.key);
          model.delete(it.key);
        } else {
          const popped = heap.pop();
          expect(popped?.dueMs).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
          if (popped !== undefined) {
            expect(model.get(popped.key)).toBe(popped.dueMs);
            model.delete(popped.key);
          }
        }
        expect(heap.size()).toBe(model.size);
        for (const name of ['a', 'b', 'g']) expect(heap.get(name)).toBe(model.get(name));
        expect(heap.peek()?.dueMs).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
      }
    }),
  );
});
