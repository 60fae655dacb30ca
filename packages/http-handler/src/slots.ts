/** Requests that are worked on at the same time. */

/** Longer than any but a large batch over a store that hangs: what is held longer counts as never given back. */
const longestMs = 5 * 60_000;

/** A bounded number of places. */
export interface Slots {
  /** How many are held. */
  readonly taken: () => number;
  readonly isFull: () => boolean;
  /** Takes a place; what it gives gives it back. Undefined when there is none. */
  readonly take: () => (() => void) | undefined;
  /** Works while it holds a place; undefined when there is none. */
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
}

/**
 * Makes so many. A place comes back when its work ends, and at the latest after five minutes: Workers drop a request
 * whose caller is gone without running the rest of it, and a place would be lost with each.
 */
export function createSlots(max: number): Slots {
  // The oldest stands first; with each, when it came.
  const held = new Map<object, number>();
  const taken = (): number => {
    const nowMs = performance.now();
    for (const [place, sinceMs] of held) {
      if (nowMs - sinceMs < longestMs) break;
      held.delete(place);
    }
    return held.size;
  };
  const isFull = (): boolean => held.size >= max && taken() >= max;
  const take = (): (() => void) | undefined => {
    if (isFull()) return undefined;
    const place = {};
    held.set(place, performance.now());
    return () => void held.delete(place);
  };
  return {
    taken,
    isFull,
    take,
    run: async (work) => {
      const giveBack = take();
      if (giveBack === undefined) return undefined;
      try {
        return await work();
      } finally {
        giveBack();
      }
    },
  };
}
