/**
 * The line to the store: how many PUTs are on it, whose turn is next, and how fast it has been. One for all files
 * of an uploader, since a browser opens six connections to an origin whoever asks.
 */

import { queueUp } from './settle-with.ts';

/** PUTs in a row that go well before one more is put on the line again. */
const recovery = 8;
/** A smaller PUT measures the way there and back, not the line. */
const leastMeasured = 2 ** 20;
/** How much the newest measurement counts. */
const weight = 0.3;

/** Shared by all files; an owner is one file. */
export interface Line {
  /** PUTs at a time at most. */
  readonly most: number;
  /** Resolves with how to leave the line; rejects with the signal's reason. The owner with the fewest goes first. */
  readonly take: (owner: object, signal: AbortSignal) => Promise<() => void>;
  /** A PUT arrived: how large it was and how long it took. */
  readonly arrived: (bytes: number, ms: number) => void;
  /** The store or the line has too much of it: half as many PUTs from now on, at least one. */
  readonly halve: () => void;
  /** So few PUTs at a time that one of this size is expected to take no longer. */
  readonly fit: (bytes: number, ms: number) => void;
  /** How long a PUT is expected to take; 0 as long as nothing is known. */
  readonly msFor: (bytes: number) => number;
}

export function createLine(most: number): Line {
  let limit = most;
  let inFlight = 0;
  let goodOnes = 0;
  /** Bytes in a millisecond over all PUTs; 0 while unknown. */
  let rate = 0;
  const held = new Map<object, number>();
  /** Owners, by what lets them on. */
  const queue = new Map<() => void, object>();
  const count = (owner: object) => held.get(owner) ?? 0;
  const change = (owner: object, by: 1 | -1) => {
    inFlight += by;
    const left = count(owner) + by;
    if (left === 0) held.delete(owner);
    else held.set(owner, left);
  };
  const grantNext = () => {
    const [first, ...others] = queue;
    if (inFlight >= limit || first === undefined) return;
    const [grant, owner] = others.reduce((best, one) => (count(one[1]) < count(best[1]) ? one : best), first);
    queue.delete(grant);
    change(owner, 1);
    grant();
    grantNext();
  };
  const setLimit = (next: number) => {
    limit = Math.max(1, Math.min(most, Math.floor(next)));
    goodOnes = 0;
    grantNext();
  };
  const msFor = (bytes: number) => (rate === 0 ? 0 : (bytes * limit) / rate);
  return {
    most,
    take: (owner, signal) =>
      queueUp(queue, owner, signal, grantNext, () => {
        change(owner, -1);
        grantNext();
      }),
    arrived: (bytes, ms) => {
      if (bytes >= leastMeasured) {
        const measured = (bytes * Math.max(1, inFlight)) / Math.max(1, ms);
        rate = rate === 0 ? measured : rate + weight * (measured - rate);
      }
      goodOnes += 1;
      if (goodOnes >= recovery && limit < most) setLimit(limit + 1);
    },
    halve: () => setLimit(limit / 2),
    fit: (bytes, ms) => {
      if (msFor(bytes) > ms) setLimit(Math.min(limit, (ms * rate) / bytes));
    },
    msFor,
  };
}
