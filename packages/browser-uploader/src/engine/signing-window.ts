/**
 * The requests for a file's parts, asked for in windows ahead of their use: a call for a window costs as much as a
 * call for one, and nothing waits for it.
 */
import type { PartRequest } from '@valetkey/protocol';

import type { SignedRequest } from './signed-request.ts';

const mostParts = 64;
const leastParts = 4;

/** What a window needs. */
export interface WindowOptions {
  /** Part numbers that are to be sent, in their order. */
  readonly numbers: readonly number[];
  /** What came with the begun upload. */
  readonly first: readonly SignedRequest<PartRequest>[];
  readonly ask: (partNumbers: readonly number[]) => Promise<readonly SignedRequest<PartRequest>[]>;
  /** Whether a request should not be used any more for a part that takes so long. */
  readonly isAging: (signed: SignedRequest, expectedMs: number) => boolean;
  /** How long a part is expected to take, in milliseconds; 0 as long as nothing is known. */
  readonly partMs: () => number;
  /** Parts that are sent at the same time. */
  readonly width: number;
}

/** Requests by part number. */
export interface SigningWindow {
  /** A request with enough of its life left; undefined when the service left the part out. Rejects as `ask` does. */
  readonly request: (partNumber: number) => Promise<SignedRequest<PartRequest> | undefined>;
  /** A request that the store takes for expired: never again. */
  readonly drop: (partNumber: number) => void;
  /** A part that has arrived needs no request any more. */
  readonly done: (partNumber: number) => void;
}

export function createSigningWindow({
  numbers,
  first,
  ask,
  isAging,
  partMs,
  width,
}: WindowOptions): SigningWindow {
  const known = new Map(first.map((signed) => [signed.request.partNumber, signed]));
  const pending = new Map<number, Promise<void>>();
  const left = new Set(numbers);
  const places = new Map(numbers.map((partNumber, place) => [partNumber, place]));
  let size = Math.max(leastParts, first.length);
  const isOpen = (partNumber: number) => left.has(partNumber) && !pending.has(partNumber);
  const isReady = (partNumber: number) => {
    const signed = known.get(partNumber);
    return signed !== undefined && !isAging(signed, partMs());
  };
  const signAll = async (asked: readonly number[]) => {
    try {
      for (const signed of await ask(asked)) known.set(signed.request.partNumber, signed);
    } finally {
      for (const each of asked) pending.delete(each);
    }
  };
  const open = (from: number) => {
    const asked = numbers.slice(from, from + size).filter((each) => isOpen(each) && !isReady(each));
    const [sample] = known.values();
    size = Math.min(2 * size, mostParts, sentWithin((sample?.lifeMs ?? 0) / 2, partMs(), width));
    const settled = signAll(asked);
    for (const each of asked) pending.set(each, settled);
    // Whoever needs one of the parts gets the error; asked for ahead, they are asked for again.
    settled.catch(() => undefined);
    return settled;
  };
  /** The next window, when less than half of one is left. */
  const prefetch = (place: number) => {
    const ahead = numbers.slice(place + 1, place + 1 + Math.ceil(size / 2));
    const missing = ahead.findIndex((each) => isOpen(each) && !known.has(each));
    if (missing >= 0) void open(place + 1 + missing);
  };
  return {
    drop: (partNumber) => known.delete(partNumber),
    done: (partNumber) => {
      known.delete(partNumber);
      left.delete(partNumber);
    },
    request: async (partNumber) => {
      const place = places.get(partNumber) ?? 0;
      if (!isReady(partNumber)) await (pending.get(partNumber) ?? open(place));
      prefetch(place);
      return known.get(partNumber);
    },
  };
}

/** URLs that would be old before their use are not asked for yet. */
function sentWithin(ms: number, partMs: number, width: number): number {
  if (partMs === 0 || ms <= 0) return mostParts;
  return Math.max(leastParts, Math.floor((ms * width) / partMs));
}
