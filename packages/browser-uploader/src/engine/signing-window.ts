/**
 * The requests for a file's parts, asked for in windows ahead of their use: a call for a window costs as much as a
 * call for one, and nothing waits for it.
 */
import type { PartRequest } from '@valetkey/protocol';

import type { ServerClock } from './server-clock.ts';
import { isAging, toSigned, type SignedRequest } from './signed-request.ts';
import { UploadError } from './upload-error.ts';

const mostParts = 64;
const leastParts = 4;

/** What a window needs. */
export interface WindowOptions {
  /** Part numbers that are to be sent, in their order. */
  readonly numbers: readonly number[];
  /** What came with the begun upload. */
  readonly first: readonly PartRequest[];
  readonly ask: (partNumbers: readonly number[]) => Promise<readonly PartRequest[]>;
  readonly clock: ServerClock;
  /** How long a part is expected to take, in milliseconds; 0 as long as nothing is known. */
  readonly partMs: () => number;
  /** Parts that are sent at the same time. */
  readonly width: number;
}

/** Requests by part number. */
export interface SigningWindow {
  /** A request with enough of its life left. @throws UploadError */
  readonly request: (partNumber: number) => Promise<SignedRequest<PartRequest>>;
  /** A request that the store takes for expired: never again. */
  readonly drop: (partNumber: number) => void;
  /** A part that has arrived needs no request any more. */
  readonly done: (partNumber: number) => void;
}

export function createSigningWindow({
  numbers,
  first,
  ask,
  clock,
  partMs,
  width,
}: WindowOptions): SigningWindow {
  const known = new Map(first.map((part) => [part.partNumber, toSigned(part, clock)]));
  const pending = new Map<number, Promise<void>>();
  const left = new Set(numbers);
  const places = new Map(numbers.map((partNumber, place) => [partNumber, place]));
  let size = Math.max(leastParts, first.length);
  const isOpen = (partNumber: number) => left.has(partNumber) && !pending.has(partNumber);
  const isReady = (partNumber: number) => {
    const signed = known.get(partNumber);
    return signed !== undefined && !isAging(signed, clock, partMs());
  };
  const signAll = async (asked: readonly number[]) => {
    try {
      for (const part of await ask(asked)) known.set(part.partNumber, toSigned(part, clock));
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
      const signed = known.get(partNumber);
      if (signed === undefined) {
        throw new UploadError('network', `The signing service left part ${partNumber} out.`, {
          retryable: true,
        });
      }
      prefetch(place);
      return signed;
    },
  };
}

/** URLs that would be old before their use are not asked for yet. */
function sentWithin(ms: number, partMs: number, width: number): number {
  if (partMs === 0 || ms <= 0) return mostParts;
  return Math.max(leastParts, Math.floor((ms * width) / partMs));
}
