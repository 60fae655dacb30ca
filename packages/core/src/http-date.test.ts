import { expect, test } from 'vitest';

import { parseHttpDate } from './http-date.ts';

test('reads what Date.toUTCString writes, in every month', () => {
  for (let month = 0; month < 12; month += 1) {
    const epochMs = Date.UTC(2026, month, 28, 23, 59, 58);
    expect(parseHttpDate(new Date(epochMs).toUTCString())).toBe(epochMs);
  }
});

test.each([
  undefined,
  '',
  'Tue, 24 Foo 2026 04:38:54 GMT',
  'Tue, 24 Nov 2026 25:00:00 GMT',
  '2026-11-24T04:38:54Z',
])('takes %j for no date', (header) => {
  expect(parseHttpDate(header)).toBeUndefined();
});
