import { queueUp } from './settle-with.ts';

/** So many at a time, the others in the order they came. */
export interface Slots {
  /** Resolves with how to give the slot back; rejects with the signal's reason. */
  readonly take: (signal: AbortSignal) => Promise<() => void>;
  /** How many wait for one. */
  readonly waiting: () => number;
}

export function createSlots(count: number): Slots {
  let free = count;
  const queue = new Map<() => void, undefined>();
  const grantNext = () => {
    const [next] = queue.keys();
    if (next === undefined || free === 0) return;
    free -= 1;
    queue.delete(next);
    next();
  };
  const giveBack = () => {
    free += 1;
    grantNext();
  };
  return {
    waiting: () => queue.size,
    take: (signal) => queueUp(queue, undefined, signal, grantNext, giveBack),
  };
}
