/** So many at a time, the others in the order they came. */
export interface Slots {
  /** Resolves with how to give the slot back; rejects with the signal's reason. */
  readonly take: (signal: AbortSignal) => Promise<() => void>;
  /** How many wait for one. */
  readonly waiting: () => number;
}

export function createSlots(count: number): Slots {
  let free = count;
  const queue = new Set<() => void>();
  const giveBack = () => {
    const [next] = queue;
    if (next === undefined) free += 1;
    else {
      queue.delete(next);
      next();
    }
  };
  return {
    waiting: () => queue.size,
    take: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const grant = () => {
          signal.removeEventListener('abort', leave);
          resolve(once(giveBack));
        };
        const leave = () => {
          queue.delete(grant);
          reject(signal.reason as Error);
        };
        if (free > 0) {
          free -= 1;
          resolve(once(giveBack));
          return;
        }
        queue.add(grant);
        signal.addEventListener('abort', leave, { once: true });
      }),
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
