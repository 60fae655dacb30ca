import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Bytes that the sender's own buffer holds beside those under way, as a time. */
const queueMs = 20;

/** One direction of a connection with a rate and a delay. @internal */
export interface Line {
  /** Resolves when the next chunk may come; the chunk arrives by itself. */
  readonly send: (
    chunk: Buffer,
    terms: { readonly bytesPerSecond: number; readonly roundTripMs: number },
  ) => Promise<void>;
  /** Resolves when all that was sent has arrived. */
  readonly arrived: () => Promise<void>;
}

/** Chunks arrive in their order, each when the line has carried it: rates hold whatever the delay. @internal */
export const createLine = (to: Socket): Line => {
  let freeMs = 0;
  let last: Promise<void> = Promise.resolve();
  const arrive = async (before: Promise<void>, chunk: Buffer, atMs: number): Promise<void> => {
    await Promise.all([before, delay(Math.max(0, atMs - performance.now()))]);
    if (to.writable && !to.write(chunk)) {
      await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
    }
  };
  return {
    send: async (chunk, { bytesPerSecond, roundTripMs }) => {
      freeMs = Math.max(freeMs, performance.now()) + (chunk.byteLength / bytesPerSecond) * 1000;
      last = arrive(last, chunk, freeMs + roundTripMs / 2);
      const aheadMs = freeMs - performance.now() - queueMs;
      if (aheadMs > 0) await delay(aheadMs);
    },
    arrived: () => last,
  };
};
