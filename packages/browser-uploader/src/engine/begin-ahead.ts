/**
 * How many files may be begun before it is their turn. Far enough ahead that the service is asked about a hundred
 * small files at once; not so far that URLs grow old unused, or that large files are opened in the store long before
 * anything of them is sent.
 */

import { queueUp } from './settle-with.ts';

const mostFiles = 200;
const mostBytes = 64 * 2 ** 20;

/** Places in front of the files that send. */
export interface BeginAhead {
  /** Resolves with how to leave; rejects with the signal's reason. In the order they came. */
  readonly enter: (bytes: number, signal: AbortSignal) => Promise<() => void>;
  /** Files that wait to be begun. */
  readonly waiting: () => number;
}

/** @param least Files that may be ahead however large they are. */
export function createBeginAhead(least: number): BeginAhead {
  let files = 0;
  let bytes = 0;
  const queue = new Map<() => void, number>();
  const fits = (size: number) => files < least || (files < mostFiles && bytes + size <= mostBytes);
  const admit = () => {
    for (const [grant, size] of queue) {
      if (!fits(size)) return;
      queue.delete(grant);
      files += 1;
      bytes += size;
      grant();
    }
  };
  // Places are given again when half of them are free, so that the next files are begun together too.
  const isHalfEmpty = () => files <= least || (files <= mostFiles / 2 && bytes <= mostBytes / 2);
  return {
    waiting: () => queue.size,
    enter: (size, signal) => {
      const leave = () => {
        files -= 1;
        bytes -= size;
        if (isHalfEmpty()) admit();
      };
      return queueUp(queue, size, signal, () => queue.size === 1 && admit(), leave);
    },
  };
}
