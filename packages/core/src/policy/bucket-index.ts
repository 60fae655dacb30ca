/**
 * Most policies cannot allow a request because they are for another action or another folder. This index leaves
 * those out, and nothing else: what it gives holds every policy that could allow, in the order of the policies.
 */
import type { KeyPattern } from './key-pattern.ts';
import type { Policy } from './policy.ts';
import type { Action } from './rule.ts';

/** Asks one policy; undefined when another has to be asked. */
type Ask<T> = (policy: Policy) => T | undefined;

/** A policy and its place in the order. */
interface PlacedPolicy {
  readonly place: number;
  readonly policy: Policy;
}

/**
 * The policies of one bucket.
 * @public
 */
export interface BucketIndex {
  /** All, in order. */
  readonly policies: readonly Policy[];
  /**
   * The first answer of the policies that may allow the action on the key; without a key, of all for the action.
   */
  find<T>(action: Action, key: string | undefined, ask: Ask<T>): T | undefined;
}

interface ActionIndex {
  readonly all: PlacedPolicy[];
  /** Those with a pattern whose first segment is no fixed text. */
  readonly open: PlacedPolicy[];
  readonly byFirstSegment: Map<string, PlacedPolicy[]>;
}

const nothing: readonly PlacedPolicy[] = [];

/** Indexes policies that name one bucket. */
export function createBucketIndex(policies: readonly Policy[]): BucketIndex {
  const indexes = new Map<Action, ActionIndex>();
  for (const [place, policy] of policies.entries()) {
    for (const action of new Set(policy.actions)) {
      const index = indexes.get(action) ?? { all: [], open: [], byFirstSegment: new Map() };
      indexes.set(action, index);
      add(index, { place, policy });
    }
  }
  return {
    policies,
    find(action, key, ask) {
      const index = indexes.get(action);
      if (index === undefined) return undefined;
      if (key === undefined) return findInOrder(index.all, nothing, ask);
      return findInOrder(index.byFirstSegment.get(firstSegmentOf(key)) ?? nothing, index.open, ask);
    },
  };
}

function add({ all, open, byFirstSegment }: ActionIndex, placed: PlacedPolicy): void {
  all.push(placed);
  const firsts = placed.policy.keys.map(fixedFirstSegment);
  if (firsts.includes(undefined)) {
    open.push(placed);
    return;
  }
  for (const first of new Set(firsts)) {
    if (first === undefined) continue;
    const known = byFirstSegment.get(first);
    if (known === undefined) byFirstSegment.set(first, [placed]);
    else known.push(placed);
  }
}

/** Text that the first segment of every matching key equals. */
function fixedFirstSegment({ segments }: KeyPattern): string | undefined {
  const [first] = segments;
  if (first === undefined) return undefined;
  let text = '';
  for (const part of first) {
    if (part.kind !== 'literal') return undefined;
    text += part.text;
  }
  return text;
}

function firstSegmentOf(key: string): string {
  const slash = key.indexOf('/');
  return slash === -1 ? key : key.slice(0, slash);
}

/** Merges two ordered lists while asking. */
function findInOrder<T>(
  left: readonly PlacedPolicy[],
  right: readonly PlacedPolicy[],
  ask: Ask<T>,
): T | undefined {
  let l = 0;
  let r = 0;
  for (;;) {
    const a = left[l];
    const b = right[r];
    const next = a !== undefined && (b === undefined || a.place < b.place) ? a : b;
    if (next === undefined) return undefined;
    const answer = ask(next.policy);
    if (answer !== undefined) return answer;
    if (next === a) l += 1;
    else r += 1;
  }
}
