/** Requests that are worked on at the same time. */

/** Longer than any but a large batch over a store that hangs: what is held longer counts as never given back. */
const longestMs = 5 * 60_000;

/** A bounded number of places. */
export interface Slots {
  readonly isFull: () => boolean;
  /** Works while it holds a place; undefined when there is none. */
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
}

/**
 * Makes so many. A place comes back when its work ends, and at the latest after five minutes: Workers drop a request
 * whose caller is gone without running the rest of it, and a place would be lost with each.
 */
export function createSlots(max: number): Slots {
  // The oldest stands first; with each, when it came.
  const taken = new Map<object, number>();
  const isFull = (): boolean => {
    if (taken.size < max) return false;
    const nowMs = performance.now();
    for (const [work, sinceMs] of taken) {
      if (nowMs - sinceMs < longestMs) break;
      taken.delete(work);
    }
    return taken.size >= max;
  };
  return {
    isFull,
    run: async (work) => {
      if (isFull()) return undefined;
      const place = {};
      taken.set(place, performance.now());
      try {
        return await work();
      } finally {
        taken.delete(place);
      }
    },
  };
}
