import { describe, expect, test } from 'vitest';

import { effectiveLifetime, type LifetimeBounds } from './effective-lifetime.ts';
import { checkBackdate } from './signing-time.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const after = (seconds: number) => nowMs + seconds * 1000;
const lifetime = (bounds: Partial<LifetimeBounds>) =>
  effectiveLifetime({ askedSeconds: 600, askedBy: 'asked', ...bounds }, nowMs);
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('the shortest bound wins, and is named', () => {
  test.each<[string, Partial<LifetimeBounds>, number, string]>([
    ['nothing else is known', {}, 600, 'asked'],
    ['the policy named it', { askedBy: 'policy' }, 600, 'policy'],
    ['the store allows as much', { storeMaxSeconds: 600 }, 600, 'asked'],
    ['the store allows more', { storeMaxSeconds: 601 }, 600, 'asked'],
    ['the store allows less', { storeMaxSeconds: 599 }, 599, 'store'],
    ['credentials end a minute after it', { credentialsExpireAtMs: after(660) }, 600, 'asked'],
    ['credentials end a second sooner', { credentialsExpireAtMs: after(659) }, 599, 'credentials'],
    ['part of a second is left over', { credentialsExpireAtMs: after(659) + 999 }, 599, 'credentials'],
    ['a second is left of the credentials', { credentialsExpireAtMs: after(61) }, 1, 'credentials'],
    ['the end time is as late', { notAfterMs: after(600) }, 600, 'asked'],
    ['the end time is sooner', { notAfterMs: after(599) + 999 }, 599, 'end-time'],
    ['a second is left until the end', { notAfterMs: after(1) }, 1, 'end-time'],
    [
      'the store is the shortest of all',
      { storeMaxSeconds: 10, credentialsExpireAtMs: after(80), notAfterMs: after(30) },
      10,
      'store',
    ],
    [
      'the credentials are',
      { storeMaxSeconds: 30, credentialsExpireAtMs: after(70), notAfterMs: after(20) },
      10,
      'credentials',
    ],
    [
      'the end time is',
      { storeMaxSeconds: 30, credentialsExpireAtMs: after(80), notAfterMs: after(10) },
      10,
      'end-time',
    ],
    [
      'two are as short, the first is named',
      { storeMaxSeconds: 10, credentialsExpireAtMs: after(70), notAfterMs: after(10) },
      10,
      'store',
    ],
  ])('%s', (_title, bounds, seconds, limitedBy) => {
    expect(lifetime(bounds)).toEqual({ seconds, limitedBy });
  });
});

test.each([after(60) + 999, after(60), after(0), after(-1)])(
  'credentials that end at %d are refused',
  (credentialsExpireAtMs) => {
    expect(refusal(() => lifetime({ credentialsExpireAtMs }))).toMatchObject({
      code: 'credentials-expired',
      field: 'credentials',
      expected: 'more than 60 seconds left of them',
      got: expect.stringMatching(/^an expiry at 2026-11-24T(?:12:0[01]:00|11:59:59)Z$/),
      hint: 'Refresh the credentials and try again.',
    });
  },
);

test.each([after(0) + 999, after(0), after(-1)])('an end time of %d is refused', (notAfterMs) => {
  expect(refusal(() => lifetime({ notAfterMs }))).toMatchObject({
    code: 'invalid-lifetime',
    field: 'end time',
    expected: 'an end time in the future',
    got: expect.stringMatching(/^2026-11-24T/),
  });
});

test('a lifetime whose bound is no number is refused, not taken for ever', () => {
  expect(refusal(() => lifetime({ credentialsExpireAtMs: Number.NaN }))).toBeInstanceOf(Error);
  expect(refusal(() => lifetime({ notAfterMs: Number.NaN }))).toBeInstanceOf(Error);
});

test.each([0, 1, 60])('%d seconds may be dated back', (seconds) => {
  expect(checkBackdate(seconds)).toBe(seconds);
});

test.each([-1, 61, 0.5, Number.NaN])('%d seconds may not be dated back', (seconds) => {
  expect(refusal(() => checkBackdate(seconds))).toMatchObject({
    code: 'invalid-lifetime',
    field: 'backdateSeconds',
    expected: 'a whole number of seconds from 0 to 60',
    got: String(seconds),
  });
});
