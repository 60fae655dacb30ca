import { describe, expect, test } from 'vitest';

import { partBytesFor } from './part-size.ts';

const [mebibyte, gibibyte] = [2 ** 20, 2 ** 30];

describe('parts of a file', () => {
  test.each([
    [0, 8 * mebibyte],
    [128 * mebibyte, 8 * mebibyte],
    [128 * mebibyte + 1, 16 * mebibyte],
    [16_000 * mebibyte, 16 * mebibyte],
    [16_000 * mebibyte + 1, 32 * mebibyte],
    [100 * gibibyte, 128 * mebibyte],
    [500 * gibibyte, 512 * mebibyte],
    [500 * gibibyte + 1, 512 * mebibyte],
    [5_120_000 * mebibyte, 512 * mebibyte],
    [5_120_000 * mebibyte + 1, 513 * mebibyte],
    [50_000 * gibibyte, 5 * gibibyte],
    [50_000 * gibibyte + 1, 5 * gibibyte],
  ])(
    'of %i bytes are of %i: 16 of 8 MiB, a power of two for 1,000, then whatever makes 10,000',
    (file, part) => {
      expect(partBytesFor(file, { partBytes: 'auto' })).toBe(part);
    },
  );

  test.each([
    [1, 5 * mebibyte],
    [50_000 * mebibyte, 5 * mebibyte],
    [50_000 * mebibyte + 1, 6 * mebibyte],
  ])('of %i bytes keep the policy’s 5 MiB while 10,000 are enough: %i', (file, part) => {
    expect(partBytesFor(file, { partBytes: 5 * mebibyte })).toBe(part);
  });
});
