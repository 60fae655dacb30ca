import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { planMultipart, rangeOfPart } from './multipart-plan.ts';

const Mi = 2 ** 20;
const Gi = 2 ** 30;
const Ti = 2 ** 40;

describe('auto part size', () => {
  test.each([
    [1, 8 * Mi, 1],
    [8 * Mi, 8 * Mi, 1],
    [8 * Mi + 1, 8 * Mi, 2],
    [16 * 8 * Mi, 8 * Mi, 16],
    [1000 * 16 * Mi, 16 * Mi, 1000],
    [1000 * 8 * Mi + 1, 16 * Mi, 501],
    [1000 * 512 * Mi, 512 * Mi, 1000],
    [1000 * 512 * Mi + 1, 512 * Mi, 1001],
    [10_000 * 512 * Mi, 512 * Mi, 10_000],
    [10_000 * 512 * Mi + 1, 513 * Mi, 9981],
    [5 * Ti, 525 * Mi, 9987],
    [10_000 * 5 * Gi, 5 * Gi, 10_000],
  ])('of %d bytes is %d, which makes %d parts', (bytes, partBytes, partCount) => {
    expect(planMultipart(bytes, 'auto')).toEqual({ bytes, partBytes, partCount });
  });
});

test.each([
  [20 * Mi, 5 * Mi, 5 * Mi, 4],
  [20 * Mi + 1, 5 * Mi, 5 * Mi, 5],
  [10_000 * 5 * Mi + 1, 5 * Mi, 6 * Mi, 8334],
  [7, 5 * Gi, 5 * Gi, 1],
])('%d bytes in parts of %d are cut into parts of %d', (bytes, partSize, partBytes, partCount) => {
  expect(planMultipart(bytes, partSize)).toEqual({ bytes, partBytes, partCount });
});

test('parts of any plan are legal and lie side by side from the first byte to the last', () => {
  const bytesOf = fc.oneof(
    fc.integer({ min: 1, max: 64 * Mi }),
    fc.integer({ min: 1, max: 10_000 }).map((parts) => parts * 5 * Mi + 1),
    fc.maxSafeNat().filter((bytes) => bytes >= 1 && bytes <= 10_000 * 5 * Gi),
  );
  const partSize = fc.oneof(fc.constant('auto' as const), fc.integer({ min: 5 * Mi, max: 5 * Gi }));
  fc.assert(
    fc.property(bytesOf, partSize, (bytes, size) => {
      const plan = planMultipart(bytes, size);
      const { partBytes, partCount } = plan;
      expect(partCount).toBeLessThanOrEqual(10_000);
      expect(partBytes).toBeGreaterThanOrEqual(5 * Mi);
      expect(partBytes).toBeLessThanOrEqual(5 * Gi);
      const first = rangeOfPart(plan, 1);
      const last = rangeOfPart(plan, partCount);
      expect(first.offset).toBe(0);
      expect(last.offset + last.bytes).toBe(bytes);
      expect(last.bytes).toBeGreaterThan(0);
      if (partCount > 1) expect(rangeOfPart(plan, 2).offset).toBe(first.bytes);
    }),
    { numRuns: 2000, seed: 20_261_125 },
  );
});

test.each([
  [0, 'auto', 'file-too-small'],
  [-1, 'auto', 'file-too-small'],
  [1.5, 'auto', 'file-too-small'],
  [Number.NaN, 'auto', 'file-too-small'],
  [10_000 * 5 * Gi + 1, 'auto', 'file-too-large'],
  [Mi, 5 * Mi - 1, 'part-out-of-range'],
  [Mi, 5 * Gi + 1, 'part-out-of-range'],
  [Mi, Number.NaN, 'part-out-of-range'],
] as const)('%d bytes in parts of %s are refused as %s', (bytes, partSize, code) => {
  expect(() => planMultipart(bytes, partSize)).toThrow(expect.objectContaining({ code }));
});

test.each([0, 4, -1, 1.5, Number.NaN, Infinity])('part %d of three is none', (partNumber) => {
  expect(() => rangeOfPart(planMultipart(20 * Mi, 'auto'), partNumber)).toThrow(
    expect.objectContaining({ code: 'part-out-of-range', expected: 'a whole number from 1 to 3' }),
  );
});
