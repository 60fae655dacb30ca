import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

describe('after a transient failure the wait', () => {
  test('doubles from one second to five minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((failures) => backOffMs(failures, undefined) / 1000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
  });

  test('is at most a quarter of what is left of the URLs', () => {
    expect(backOffMs(10, 400_000)).toBe(100_000);
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 4000, max: 604_800_000 }), (failures, left) => {
        expect(backOffMs(failures, left)).toBeLessThanOrEqual(left / 4);
      }),
    );
  });

  test('is never shorter than a second nor longer than five minutes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.integer(), { nil: undefined }), (failures, left) => {
        expect(backOffMs(failures, left)).toBeGreaterThanOrEqual(1000);
        expect(backOffMs(failures, left)).toBeLessThanOrEqual(300_000);
      }),
    );
  });

  test('grows on when the URLs have expired', () => {
    expect(backOffMs(10, -1)).toBe(300_000);
  });
});
