import { createFairLanes, type Priority } from './fair-lanes.ts';

/**
 * A set of keys to work on, the most pressing first. A key waits at most once however often it is added, no two
 * workers hold the same key, and a key added while it is worked on comes again after `done`: nothing is lost.
 * @internal
 */
export interface WorkQueue {
  /** Asks for a visit to `key`. After {@link WorkQueue.shutDown} it does nothing. */
  add(key: string): void;
  /** As `add`, for a visit that can wait until nothing else does; `add` makes it one like the others. */
  addLate(key: string): void;
  /** The next key, once there is one; `undefined` after shutdown. Each key taken must be given to `done`. */
  take(): Promise<string | undefined>;
  /** The visit to `key` is over, whatever came of it. */
  done(key: string): void;
  /** Wakes every waiting worker with `undefined`; what still waits is dropped, what is worked on may finish. */
  shutDown(): void;
  /** How many keys wait for a worker. */
  length(): number;
}

/**
 * Told of what goes through a queue, for metrics. It must not throw.
 * @internal
 */
export interface QueueObserver {
  /** A key began to wait; one that waits already, or is worked on, does not begin again. */
  readonly added: (key: string) => void;
  readonly taken: (key: string) => void;
  readonly done: (key: string) => void;
}

/**
 * How a queue orders its keys, and who is told.
 * @internal
 */
export interface WorkQueueOptions {
  /** Asked each time that a key is added. @default all alike, so that they come in the order they were added */
  readonly priorityOf?: (key: string) => Priority;
  /** @default nobody */
  readonly observer?: QueueObserver;
}

const alike: Priority = { lane: 'routine', deadlineMs: 0 };
const late: Priority = { lane: 'late', deadlineMs: 0 };

/**
 * Creates an empty queue with the semantics of client-go's `workqueue.Interface`, but for the order: see
 * {@link createFairLanes}.
 * @internal
 */
export function createWorkQueue({ priorityOf = () => alike, observer }: WorkQueueOptions = {}): WorkQueue {
  const waiting = createFairLanes();
  const inFlight = new Set<string>();
  const again = new Map<string, 'soon' | 'late'>();
  const takers: ((key: string | undefined) => void)[] = [];
  let closed = false;

  const begin = (key: string): string => {
    inFlight.add(key);
    observer?.taken(key);
    return key;
  };
  const offer = (key: string, how: 'soon' | 'late'): void => {
    const before = waiting.size();
    waiting.put(key, how === 'late' ? late : priorityOf(key));
    if (waiting.size() > before) observer?.added(key);
    if (takers.length === 0) return;
    const next = waiting.take();
    if (next !== undefined) takers.shift()?.(begin(next));
  };

  const ask = (key: string, how: 'soon' | 'late'): void => {
    if (closed) return;
    if (!inFlight.has(key)) offer(key, how);
    else if (how === 'soon' || !again.has(key)) again.set(key, how);
  };

  return {
    add: (key) => ask(key, 'soon'),
    addLate: (key) => ask(key, 'late'),
    take() {
      if (closed) return Promise.resolve(undefined);
      const key = waiting.take();
      if (key === undefined) return new Promise((resolve) => takers.push(resolve));
      return Promise.resolve(begin(key));
    },
    done(key) {
      if (!inFlight.delete(key)) return;
      observer?.done(key);
      const how = again.get(key);
      again.delete(key);
      if (how !== undefined && !closed) offer(key, how);
    },
    shutDown() {
      closed = true;
      waiting.clear();
      again.clear();
      for (const taker of takers.splice(0)) taker(undefined);
    },
    length: () => waiting.size(),
  };
}
