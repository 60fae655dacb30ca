import { Transform } from 'node:stream';

/** Lets bytes through at this rate, however they come. @internal */
export const slowDown = (bytesPerSecond: number): Transform => {
  let freeMs = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      freeMs = Math.max(freeMs, performance.now()) + (chunk.byteLength / bytesPerSecond) * 1000;
      setTimeout(done, Math.max(0, freeMs - performance.now()), undefined, chunk);
    },
  });
};
