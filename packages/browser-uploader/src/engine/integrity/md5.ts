/** MD5 piece by piece: what most stores give as the ETag of a part. RFC 1321. It tells changes, not attacks. */
import { createBlockSum } from './block-sum.ts';
import type { RunningSum } from './running-sum.ts';

const steps = Array.from({ length: 64 }, (_, step) => step);
const sines = Int32Array.from(steps, (step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0);
const shifts = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);
/** Which word of the block a step takes. */
const places = Int32Array.from(
  steps,
  (step) => ([step, 5 * step + 1, 3 * step + 5, 7 * step][step >> 4] ?? 0) & 15,
);

export function createMd5(): RunningSum {
  const words = new Int32Array(16);
  return createBlockSum({
    state: Int32Array.of(0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476),
    compress: (state, bytes, offset) => {
      for (let index = 0; index < 16; index += 1) words[index] = bytes.getInt32(offset + index * 4, true);
      compress(state, words);
    },
    isLittleEndian: true,
  });
}

function compress(state: Int32Array, words: Int32Array): void {
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  for (let step = 0; step < 64; step += 1) {
    const by = shifts[((step >> 4) << 2) | (step & 3)] ?? 0;
    const word = words[places[step] ?? 0] ?? 0;
    const sum = (((a + mix(step, b, c, d)) | 0) + (((sines[step] ?? 0) + word) | 0)) | 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << by) | (sum >>> (32 - by)))) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}

function mix(step: number, b: number, c: number, d: number): number {
  if (step < 16) return d ^ (b & (c ^ d));
  if (step < 32) return c ^ (d & (b ^ c));
  return step < 48 ? b ^ c ^ d : c ^ (b | ~d);
}
