/** Bytes of a file that were sent, over all its parts. Never more than the file; goes back only by what is in flight. */
export interface Progress {
  /** So much of a part is on its way; 0 when it has to be sent again. */
  readonly moved: (partNumber: number, sentBytes: number) => void;
  /** A part is in the store. */
  readonly arrived: (partNumber: number, bytes: number) => void;
}

export function createProgress(totalBytes: number, report: (sentBytes: number) => void): Progress {
  const moving = new Map<number, number>();
  let arrivedBytes = 0;
  let last = 0;
  const tell = () => {
    const sum = [...moving.values()].reduce((all, bytes) => all + bytes, arrivedBytes);
    const next = Math.min(sum, totalBytes);
    if (next !== last) report(next);
    last = next;
  };
  return {
    moved: (partNumber, sentBytes) => {
      moving.set(partNumber, sentBytes);
      tell();
    },
    arrived: (partNumber, bytes) => {
      moving.delete(partNumber);
      arrivedBytes += bytes;
      tell();
    },
  };
}
