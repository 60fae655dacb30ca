/** A key and when it is due, in milliseconds on the owner's clock. */
interface Deadline {
  readonly key: string;
  readonly dueMs: number;
}

/** What stands in the heap: of equal deadlines the one that was set first comes first. */
interface Entry extends Deadline {
  readonly order: number;
}

/**
 * Keys ordered by deadline, one deadline a key; of equal ones the first set. Setting, deleting and popping cost O(log n).
 * @internal
 */
export interface DeadlineHeap {
  /** Gives `key` this deadline instead of any earlier one. */
  set(key: string, dueMs: number): void;
  /** The deadline of `key`. */
  get(key: string): number | undefined;
  /** Forgets `key`. */
  delete(key: string): void;
  /** The earliest deadline. */
  peek(): Deadline | undefined;
  /** Takes the earliest deadline out. */
  pop(): Deadline | undefined;
  /** How many keys have one. */
  size(): number;
}

/**
 * Creates an empty binary heap that knows where each key stands.
 * @internal
 */
export function createDeadlineHeap(): DeadlineHeap {
  const heap: Entry[] = [];
  const positions = new Map<string, number>();

  let sets = 0;

  const place = (entry: Entry, index: number): void => {
    heap[index] = entry;
    positions.set(entry.key, index);
  };
  const sink = (entry: Entry, from: number): void => {
    let index = from;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const [child, at] =
        right !== undefined && isBefore(right, left) ? [right, 2 * index + 2] : [left, 2 * index + 1];
      if (!isBefore(child, entry)) break;
      place(child, index);
      index = at;
    }
    place(entry, index);
  };
  const rise = (entry: Entry, from: number): number => {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      place(parent, index);
      index = above;
    }
    place(entry, index);
    return index;
  };
  const remove = (index: number): void => {
    const gone = heap[index];
    const last = heap.pop();
    if (gone === undefined || last === undefined) return;
    positions.delete(gone.key);
    if (last !== gone) sink(last, rise(last, index));
  };

  return {
    set(key, dueMs) {
      sets += 1;
      const entry = { key, dueMs, order: sets };
      sink(entry, rise(entry, positions.get(key) ?? heap.length));
    },
    get(key) {
      const index = positions.get(key);
      return index === undefined ? undefined : heap[index]?.dueMs;
    },
    delete(key) {
      const index = positions.get(key);
      if (index !== undefined) remove(index);
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0];
      if (first !== undefined) remove(0);
      return first;
    },
    size: () => heap.length,
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
