import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createWatchBackOff } from './watch-back-off.ts';

const unreachable = { why: 'error', lastedMs: 1, error: new Error('connection refused') } as const;
const gone = { why: 'gone', lastedMs: 1 } as const;
const refused = (more: object = {}) => ({
  why: 'error' as const,
  lastedMs: 1,
  error: Object.assign(new Error('no'), { status: 503, ...more }),
});

const anEnd = fc.oneof(
  fc.constant(unreachable),
  fc.constant(gone),
  fc.constant({ why: 'ended' as const, lastedMs: 1 }),
  fc.constant({ why: 'silent' as const, lastedMs: 40_000 }),
  fc.nat(400).map((seconds) => refused({ retryAfterSeconds: seconds })),
);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('whatever came before, an outage is waited for at most a second, and never in a tight loop', () => {
  fc.assert(
    fc.property(fc.array(anEnd, { maxLength: 30 }), random, (before, part) => {
      const backOff = createWatchBackOff({ random: () => part });
      for (const end of before) expect(backOff.after(end)).toBeGreaterThanOrEqual(100);
      expect(backOff.after(unreachable)).toBeLessThanOrEqual(1_000);
    }),
  );
});

test('however long an outage was, the first answer after it is acted on at once', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.constantFrom(gone, refused()), random, (count, answer, part) => {
      const backOff = createWatchBackOff({ random: () => part });
      for (let n = 0; n < count; n += 1) backOff.after(unreachable);
      expect(backOff.after(answer)).toBeLessThanOrEqual(200);
      expect(backOff.after(refused())).toBeLessThanOrEqual(400);
    }),
  );
});

test('a server that answers with errors, or with 410 again and again, is left alone for up to three seconds', () => {
  for (const answer of [gone, refused()]) {
    const backOff = createWatchBackOff({ random: () => 0.999 });
    const waits = Array.from({ length: 8 }, () => Math.round(backOff.after(answer)));
    expect(waits).toEqual(
      [200, 400, 800, 1_600, 3_000, 3_000, 3_000, 3_000].map((ms) => expect.closeTo(ms, -1)),
    );
    expect(backOff.after({ ...answer, lastedMs: 5_000 })).toBeLessThanOrEqual(200);
  }
});

test('the pause that a server asks for is kept, within reason', () => {
  const after = (retryAfterSeconds: unknown) =>
    createWatchBackOff({ random: () => 0 }).after(refused({ retryAfterSeconds }));
  expect(after(20)).toBe(20_000);
  expect(after(86_400)).toBe(120_000);
  expect(['20', -1, Number.NaN, null].map((asked) => after(asked))).toEqual([100, 100, 100, 100]);
});

test('a server that asks for a second again and again is asked again each second', () => {
  const backOff = createWatchBackOff({ random: () => 0.999 });
  for (let n = 0; n < 20; n += 1) {
    const ms = backOff.after(refused({ retryAfterSeconds: 1 }));
    expect(ms).toBeGreaterThanOrEqual(1_000);
    expect(ms).toBeLessThanOrEqual(1_100);
  }
});
