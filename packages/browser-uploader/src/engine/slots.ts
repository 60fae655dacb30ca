import { queueUp } from './settle-with.ts';

/** So many at a time, the others in the order they came. */
export interface Slots {
  /** Resolves with how to give the slot back; rejects with the signal's reason. */
  readonly take: (signal: AbortSignal) => Promise<() => void>;
  /** How many wait for one. */
  readonly waiting: () => number;
  /** So many at a time from now on, when they were fewer. */
  readonly widen: (count: number) => void;
}

export function createSlots(first: number): Slots {
  let count = first;
  let free = first;
  const queue = new Map<() => void, undefined>();
  const grantNext = () => {
    const [next] = queue.keys();
    if (next === undefined || free === 0) return;
    free -= 1;
    queue.delete(next);
    next();
    grantNext();
  };
  const giveBack = () => {
    free += 1;
    grantNext();
  };
  return {
    waiting: () => queue.size,
    widen: (to) => {
      free += Math.max(0, to - count);
      count = Math.max(to, count);
      grantNext();
    },
    take: (signal) => queueUp(queue, undefined, signal, grantNext, giveBack),
  };
}
