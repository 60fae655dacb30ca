import { createDeadlineHeap } from './deadline-heap.ts';
import type { Timers } from './timer.ts';
import { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './work-queue.ts';

/**
 * A {@link WorkQueue} that also takes keys for later.
 * @internal
 */
export interface DelayingQueue extends WorkQueue {
  /** Adds `key` after `ms` milliseconds; of several delays for one key the earliest wins. */
  addAfter(key: string, ms: number): void;
}

/**
 * Creates an empty delaying queue. However many keys are delayed, it holds one heap and one timer.
 * @internal
 */
export function createDelayingQueue(timers: Timers, options: WorkQueueOptions = {}): DelayingQueue {
  const queue = createWorkQueue(options);
  const later = createDeadlineHeap();
  let closed = false;
  let disarm = (): void => undefined;

  const arm = (): void => {
    disarm();
    const first = later.peek();
    if (first !== undefined) disarm = timers.setTimeout(release, first.dueMs - timers.elapsedMs());
  };
  const release = (): void => {
    const now = timers.elapsedMs();
    for (let first = later.peek(); first !== undefined && first.dueMs <= now; first = later.peek()) {
      later.pop();
      queue.add(first.key);
    }
    arm();
  };

  return {
    ...queue,
    addAfter(key, ms) {
      if (closed) return;
      if (ms <= 0) {
        later.delete(key);
        return queue.add(key);
      }
      const dueMs = timers.elapsedMs() + ms;
      const known = later.get(key);
      if (known !== undefined && known <= dueMs) return;
      later.set(key, dueMs);
      if (later.peek()?.key === key) arm();
    },
    shutDown() {
      closed = true;
      disarm();
      queue.shutDown();
    },
  };
}
