import { expect, test } from 'vitest';

import { toMicroTime } from './micro-time.ts';

test.each([
  [0, '1970-01-01T00:00:00.000000Z'],
  [1_795_629_278_001, '2026-11-25T17:54:38.001000Z'],
  [1_795_629_278_120.9, '2026-11-25T17:54:38.120000Z'],
  [-1, '1969-12-31T23:59:59.999000Z'],
])('%d is written with six digits', (epochMs, text) => {
  expect(toMicroTime(epochMs)).toBe(text);
});
