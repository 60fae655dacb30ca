/** Requests that are worked on at the same time. */

/** A bounded number of places. */
export interface Slots {
  readonly isFull: () => boolean;
  /** Works while it holds a place; undefined when there is none. */
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
}

/** Makes so many. */
export function createSlots(max: number): Slots {
  let taken = 0;
  const isFull = () => taken >= max;
  return {
    isFull,
    run: async (work) => {
      if (isFull()) return undefined;
      taken += 1;
      try {
        return await work();
      } finally {
        taken -= 1;
      }
    },
  };
}
