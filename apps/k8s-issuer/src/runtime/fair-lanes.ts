import { createDeadlineHeap, type DeadlineHeap } from './deadline-heap.ts';

/** So many urgent keys in a row, then one that is not: a flood of urgent work must not stop the rest. */
const urgentInARow = 4;
/** So many others in a row, then one that is late: what can wait must not wait for ever. */
const pressingInARow = 64;

/** The lowest is the most pressing. */
const ranks = { urgent: 0, routine: 1, late: 2 } as const;

type LaneName = keyof typeof ranks;

/**
 * How pressing a key is.
 * @internal
 */
export interface Priority {
  /** Urgent keys come first; late ones when nothing else waits. */
  readonly lane: LaneName;
  /** Within its lane and group the earliest comes first; only compared, so any clock will do. */
  readonly deadlineMs: number;
}

/**
 * Waiting keys in three lanes. Within a lane the groups (namespaces) take turns, so one with ten thousand keys delays
 * one with fifty by as many turns as it has keys itself; within a group the earliest deadline comes first.
 * @internal
 */
export interface FairLanes {
  /** Puts `key` in. One that waits already keeps the more pressing of its two priorities. */
  put(key: string, priority: Priority): void;
  /** Takes the next key out. */
  take(): string | undefined;
  size(): number;
  clear(): void;
}

/**
 * Creates empty lanes. Putting and taking cost O(log n).
 * @internal
 */
export function createFairLanes(): FairLanes {
  const waiting = new Map<string, Priority>();
  const lanes = { urgent: createLane(), routine: createLane(), late: createLane() };
  let urgentTaken = 0;
  let pressingTaken = 0;

  const choose = (): LaneName => {
    const { urgent, routine, late } = lanes;
    if (!late.isEmpty() && pressingTaken >= pressingInARow) return 'late';
    if (urgent.isEmpty()) return routine.isEmpty() ? 'late' : 'routine';
    if (routine.isEmpty()) return 'urgent';
    return urgentTaken < urgentInARow ? 'urgent' : 'routine';
  };

  return {
    size: () => waiting.size,
    put(key, priority) {
      const known = waiting.get(key);
      const next = known === undefined ? priority : toMorePressing(known, priority);
      if (next === known) return;
      if (known !== undefined) lanes[known.lane].remove(key);
      waiting.set(key, next);
      lanes[next.lane].put(key, next.deadlineMs);
    },
    take() {
      const lane = choose();
      const key = lanes[lane].take();
      if (key === undefined) return undefined;
      waiting.delete(key);
      // Only what is taken while a late key waits is taken before it.
      pressingTaken = lane === 'late' || lanes.late.isEmpty() ? 0 : pressingTaken + 1;
      if (lane !== 'late') urgentTaken = lane === 'urgent' ? urgentTaken + 1 : 0;
      return key;
    },
    clear() {
      waiting.clear();
      for (const lane of Object.values(lanes)) lane.clear();
    },
  };
}

interface Lane {
  readonly put: (key: string, deadlineMs: number) => void;
  readonly remove: (key: string) => void;
  readonly take: () => string | undefined;
  readonly isEmpty: () => boolean;
  readonly clear: () => void;
}

function createLane(): Lane {
  // A Map keeps insertion order: its first group is the next one whose turn it is.
  const groups = new Map<string, DeadlineHeap>();

  return {
    put(key, deadlineMs) {
      const group = toGroup(key);
      const heap = groups.get(group) ?? createDeadlineHeap();
      groups.set(group, heap);
      heap.set(key, deadlineMs);
    },
    remove(key) {
      const group = toGroup(key);
      const heap = groups.get(group);
      heap?.delete(key);
      if (heap?.size() === 0) groups.delete(group);
    },
    take() {
      const [next] = groups;
      if (next === undefined) return undefined;
      const [group, heap] = next;
      const first = heap.pop();
      groups.delete(group);
      if (heap.size() > 0) groups.set(group, heap);
      return first?.key;
    },
    isEmpty: () => groups.size === 0,
    clear: () => groups.clear(),
  };
}

/** The namespace of `namespace/name`; what is cluster-scoped is one group. */
function toGroup(key: string): string {
  const slash = key.indexOf('/');
  return slash === -1 ? '' : key.slice(0, slash);
}

function toMorePressing(known: Priority, next: Priority): Priority {
  if (known.lane !== next.lane) return ranks[known.lane] < ranks[next.lane] ? known : next;
  return next.deadlineMs < known.deadlineMs ? next : known;
}
