import { describe, expect, test } from 'vitest';

import { hintOf, parseExpiration, usualExpiration } from './expiration.ts';

const lifetime = { default: 3600, max: 43_200, effectiveMax: 43_200, limitedBy: 'policy' } as const;

test.each([
  [3600, { amount: '1', unit: 'hours' }],
  [86_400, { amount: '1', unit: 'days' }],
  [5400, { amount: '90', unit: 'minutes' }],
  [45, { amount: '1', unit: 'minutes' }],
])('the usual %d seconds stand in the fields as %j', (seconds, fields) => {
  expect(usualExpiration({ ...lifetime, default: seconds, effectiveMax: 604_800 })).toEqual(fields);
});

test('the usual expiration is never over what is allowed', () => {
  expect(usualExpiration({ ...lifetime, effectiveMax: 1800 })).toEqual({ amount: '30', unit: 'minutes' });
});

test.each(['', '0', '-1', '1.5', 'abc', '99999999', '1e3'])('%j is no expiration', (amount) => {
  expect(parseExpiration({ amount, unit: 'hours' }, lifetime)).toEqual({
    message: 'Enter a whole number of hours, at least 1.',
  });
});

describe('an expiration', () => {
  test('of up to what is allowed is in seconds', () => {
    expect(parseExpiration({ amount: '12', unit: 'hours' }, lifetime)).toEqual({ seconds: 43_200 });
  });

  test('over it is refused with it', () => {
    expect(parseExpiration({ amount: '13', unit: 'hours' }, lifetime)).toEqual({
      message: 'Enter at most 12 hours.',
    });
  });
});

test.each([
  ['policy', 'At most 12 hours: the policy allows no more.'],
  ['credentials', 'At most 12 hours: the credentials that sign the link end then.'],
] as const)('what %s allow is said beside it', (limitedBy, hint) => {
  expect(hintOf({ ...lifetime, limitedBy })).toBe(hint);
});
