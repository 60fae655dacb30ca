/**
 * A set of keys to work on, in the order they came. A key waits at most once however often it is added, no two
 * workers hold the same key, and a key added while it is worked on comes again after `done`: nothing is lost.
 * @internal
 */
export interface WorkQueue {
  /** Asks for a visit to `key`. After {@link WorkQueue.shutDown} it does nothing. */
  add(key: string): void;
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
 * Creates an empty queue with the semantics of client-go's `workqueue.Interface`.
 * @internal
 */
export function createWorkQueue(): WorkQueue {
  // A Set keeps insertion order, so its first value is the oldest key.
  const waiting = new Set<string>();
  const inFlight = new Set<string>();
  const again = new Set<string>();
  const takers: ((key: string | undefined) => void)[] = [];
  let closed = false;

  const offer = (key: string): void => {
    const taker = takers.shift();
    if (taker === undefined) {
      waiting.add(key);
      return;
    }
    inFlight.add(key);
    taker(key);
  };

  return {
    add(key) {
      if (closed) return;
      if (inFlight.has(key)) again.add(key);
      else if (!waiting.has(key)) offer(key);
    },
    take() {
      if (closed) return Promise.resolve(undefined);
      const [key] = waiting;
      if (key === undefined) return new Promise((resolve) => takers.push(resolve));
      waiting.delete(key);
      inFlight.add(key);
      return Promise.resolve(key);
    },
    done(key) {
      if (!inFlight.delete(key)) return;
      if (again.delete(key) && !closed) offer(key);
    },
    shutDown() {
      closed = true;
      waiting.clear();
      again.clear();
      for (const taker of takers.splice(0)) taker(undefined);
    },
    length: () => waiting.size,
  };
}
