import { expect, test } from 'vitest';

import { formatInstant, parseInstant } from './instant.ts';

test.each(['2026-11-24T12:00:00Z', '2028-02-29T23:59:59Z', '2026-12-31T23:59:59.999Z'])(
  '%s is an instant',
  (text) => {
    expect(formatInstant(parseInstant(text, 'at'))).toBe(`${text.slice(0, 19)}Z`);
  },
);

test.each([
  '2026-02-30T12:00:00Z',
  '2026-04-31T12:00:00Z',
  '2027-02-29T12:00:00Z',
  '2026-13-01T12:00:00Z',
  '2026-11-24',
  '2026-11-24 12:00:00Z',
  'tomorrow',
  '',
  1,
  null,
])('%j is none', (input) => {
  expect(() => parseInstant(input, 'at')).toThrow(expect.objectContaining({ code: 'invalid-configuration' }));
});

test('an offset is reckoned with', () => {
  expect(formatInstant(parseInstant('2026-11-24T01:00:00+02:00', 'at'))).toBe('2026-11-23T23:00:00Z');
});
