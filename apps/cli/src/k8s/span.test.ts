import { expect, test } from 'vitest';

import { formatDuration, formatFromNow } from './span.ts';

test.each([
  [0, '0s'],
  [999, '0s'],
  [45_000, '45s'],
  [60_000, '1m'],
  [4_830_000, '1h20m'],
  [3_600_000, '1h'],
  [273_600_000, '3d4h'],
  [-60_000, '1m'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('an instant lies ahead or back', () => {
  expect(formatFromNow(61_000, 1000)).toBe('in 1m');
  expect(formatFromNow(1000, 61_000)).toBe('1m ago');
});
