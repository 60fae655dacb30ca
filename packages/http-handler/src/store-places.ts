/**
 * Places of requests that ask a store. All stores together have so many; how many one of them may have depends on how
 * many are free, so that a store which does not answer, and holds whatever it is given, never holds those of the others.
 */
import { RateLimited } from './rate-limits.ts';
import { createSlots, type Slots } from './slots.ts';

const busyRetryMs = 1000;

/** Which store is asked, and how many there are. */
interface AskedStore {
  readonly store: string;
  readonly ofStores: number;
}

/** Asks a store for a request that holds a place there meanwhile; rejects with {@link StoreBusy} when there is none. */
export type AskStore = <Answer>(asked: AskedStore, ask: () => Promise<Answer>) => Promise<Answer>;

/** What one request holds: a place with each store that it asks, however many items of it ask that one. */
export interface StoreVisits {
  readonly ask: AskStore;
  /** Gives all of them back: at once, but for a store that an item still asks, when that has its answer. */
  readonly end: () => void;
}

/** `rate-limited`: a store is asked by as many requests as it may have places. */
export class StoreBusy extends RateLimited {
  constructor() {
    super(busyRetryMs);
  }
}

interface Visit {
  readonly giveBack: () => void;
  asking: number;
}

/** Makes so many places, and gives what each request asks stores with. */
export function createStorePlaces(max: number): () => StoreVisits {
  const all = createSlots(max);
  const byStore = new Map<string, Slots>();
  const take = ({ store, ofStores }: AskedStore): (() => void) | undefined => {
    const own = byStore.get(store) ?? createSlots(max);
    byStore.set(store, own);
    // An equal share is a store's own; above it, it may have no more than it leaves free. Choudhury and Hahne, "Dynamic
    // queue length thresholds for shared-memory packet switches" (1998), with a factor of one.
    const share = Math.max(Math.ceil(max / ofStores), max - all.taken());
    if (own.taken() >= share) return undefined;
    const giveBackOfAll = all.take();
    if (giveBackOfAll === undefined) return undefined;
    const giveBackOwn = own.take();
    return () => {
      giveBackOfAll();
      giveBackOwn?.();
    };
  };
  return () => createVisits(take);
}

function createVisits(take: (asked: AskedStore) => (() => void) | undefined): StoreVisits {
  const visits = new Map<string, Visit>();
  // A call that is refused as a whole leaves items behind that have yet to ask.
  let hasEnded = false;
  const endIdle = (): void => {
    for (const [store, { asking, giveBack }] of visits) {
      if (asking > 0) continue;
      visits.delete(store);
      giveBack();
    }
  };
  // A place is kept for the items that follow, but never while another store is waited for.
  const begin = (asked: AskedStore): Visit => {
    endIdle();
    const giveBack = take(asked);
    if (giveBack === undefined) throw new StoreBusy();
    const visit = { giveBack, asking: 0 };
    visits.set(asked.store, visit);
    return visit;
  };
  return {
    ask: async (asked, ask) => {
      const visit = visits.get(asked.store) ?? begin(asked);
      visit.asking += 1;
      try {
        return await ask();
      } finally {
        visit.asking -= 1;
        if (hasEnded || visits.size > 1) endIdle();
      }
    },
    end: () => {
      hasEnded = true;
      endIdle();
    },
  };
}
