import { expect, test } from 'vitest';

import { formatBytes, formatDuration } from './format.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1536, '1.5 KB'],
  [20_000_000, '19 MB'],
  [5 * 1024 ** 2, '5 MB'],
  [5 * 1024 ** 5, '5,120 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0 seconds'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [5400, '1 hour 30 minutes'],
  [86_461, '1 day'],
  [604_800, '7 days'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
