import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nowMs as issuedMs } from '../../test/builders.ts';
import { renewalTimeMs, type RenewalTerms } from './renewal-time.ts';

const minute = 60_000;
const hour = 60 * minute;
const renewal = (change: Partial<RenewalTerms> = {}) =>
  renewalTimeMs({ issuedMs, lifetimeMs: hour, uid: 'a-uid', ...change });

/** The design's formula without the spread. */
const plannedMs = (lifetimeMs: number, beforeMs?: number) =>
  issuedMs + lifetimeMs - Math.min(Math.max(beforeMs ?? lifetimeMs / 3, 3 * minute), lifetimeMs / 2);

const terms = fc.record({
  lifetimeMs: fc.integer({ min: 1, max: 604_800 }).map((seconds) => seconds * 1000),
  beforeMs: fc.option(
    fc.integer({ min: 1, max: 604_800 }).map((seconds) => seconds * 1000),
    { nil: undefined },
  ),
  uid: fc.oneof(fc.uuid(), fc.string()),
});

describe('for every lifetime, lead and uid a renewal is', () => {
  test('never later than planned, and earlier by less than a twentieth of the lifetime', () => {
    fc.assert(
      fc.property(terms, ({ lifetimeMs, beforeMs, uid }) => {
        const planned = Math.floor(plannedMs(lifetimeMs, beforeMs));
        const at = renewal({ lifetimeMs, beforeMs, uid });
        expect(at).toBeLessThanOrEqual(Math.max(planned, issuedMs + 30_000));
        expect(at).toBeGreaterThan(planned - lifetimeMs * 0.05 - 1);
      }),
    );
  });

  test('at least 30 seconds after it was issued', () => {
    fc.assert(
      fc.property(terms, (some) => {
        expect(renewal(some)).toBeGreaterThanOrEqual(issuedMs + 30_000);
      }),
    );
  });

  test('in whole milliseconds, and the same after a restart', () => {
    fc.assert(
      fc.property(terms, (some) => {
        expect(renewal(some)).toSatisfy(Number.isInteger);
        expect(renewal({ ...some })).toBe(renewal(some));
      }),
    );
  });

  test('before the end whenever more than 30 seconds are to live', () => {
    fc.assert(
      fc.property(terms, (some) => {
        fc.pre(some.lifetimeMs > 30_000);
        expect(renewal(some)).toBeLessThan(issuedMs + some.lifetimeMs);
      }),
    );
  });
});

describe('the lead', () => {
  const lead = (lifetimeMs: number, beforeMs?: number) =>
    Math.min(
      ...Array.from(
        { length: 200 },
        (_, index) => issuedMs + lifetimeMs - renewal({ lifetimeMs, beforeMs, uid: `uid-${index}` }),
      ),
    );

  test('is a third of the lifetime when nothing is asked', () => {
    expect(lead(hour)).toBeGreaterThanOrEqual(20 * minute);
    expect(lead(hour)).toBeLessThan(20.5 * minute);
  });

  test('is what was asked, within half the lifetime', () => {
    expect(lead(2 * hour, 40 * minute)).toBeGreaterThanOrEqual(40 * minute);
    expect(lead(2 * hour, 40 * minute)).toBeLessThan(41 * minute);
    expect(lead(2 * hour, 119 * minute)).toBeGreaterThanOrEqual(60 * minute);
    expect(lead(2 * hour, 119 * minute)).toBeLessThan(61 * minute);
  });

  test('is at least three minutes, however little was asked', () => {
    expect(lead(hour, 1000)).toBeGreaterThanOrEqual(3 * minute);
  });

  test('is half of a lifetime of five minutes', () => {
    expect(lead(5 * minute)).toBeGreaterThanOrEqual(2.5 * minute);
    expect(lead(5 * minute)).toBeLessThan(2.6 * minute);
  });
});

test('a lifetime of five minutes is renewed between 2:15 and 2:30 after issue', () => {
  fc.assert(
    fc.property(fc.uuid(), (uid) => {
      const after = renewal({ lifetimeMs: 5 * minute, uid }) - issuedMs;
      expect(after).toBeGreaterThan(2.25 * minute);
      expect(after).toBeLessThanOrEqual(2.5 * minute);
    }),
  );
});

test('uids that differ in one character spread renewals over the whole twentieth', () => {
  const planned = plannedMs(hour);
  const tenths = new Set(
    Array.from({ length: 1000 }, (_, index) =>
      Math.floor((planned - renewal({ uid: `5f1c-${index}` })) / (hour * 0.005)),
    ),
  );
  expect([...tenths].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
