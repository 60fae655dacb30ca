import { parseInstant } from '@valetkey/core';
import { shareStatusFields } from '@valetkey/share';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  createLoneIssuer,
  loneKey as key,
  loneLifetimeMs as lifetimeMs,
  loneStartMs as startMs,
} from '../../../test/doubles/lone-issuer.ts';

const clock = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.map(two).join(':'));
/** What the API server takes for a date-time is more than the calendar has. */
const dateTime = fc.oneof(
  fc.constantFrom(
    '9999-99-99T99:99:99Z',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00z',
  ),
  fc
    .tuple(
      fc.nat(9999),
      fc.nat(99),
      fc.nat(99),
      clock,
      fc.constantFrom('Z', 'z', '+99:99', '.123456789Z', '-00:00'),
    )
    .map(([y, m, d, t, zone]) => `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}T${t}${zone}`),
  fc.integer({ min: -600, max: 1_200 }).map((seconds) => new Date(startMs + seconds * 1_000).toISOString()),
);
const number = fc.oneof(fc.constantFrom(0, -1, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e308, 0.5), fc.integer());
const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '18446744073709551616',
    '__proto__',
    '\u0000',
    '\ud800',
    'a'.repeat(40_000),
  ),
  fc.string({ unit: 'binary' }),
);
const anything = fc.oneof(dateTime, number, text, fc.jsonValue());
const condition = fc.record(
  {
    type: fc.oneof(fc.constantFrom('Ready', 'Authorized', 'Stalled'), text),
    status: fc.constantFrom('True', 'False', 'Unknown', 'Maybe'),
    reason: fc.oneof(fc.constant('Issued'), text),
    message: text,
    lastTransitionTime: dateTime,
    observedGeneration: number,
  },
  { requiredKeys: [] },
);
const secretRef = fc.record(
  { name: fc.oneof(fc.constant('weights'), text), uid: text, resourceVersion: text },
  { requiredKeys: [] },
);
/** Any fields of a status, each with what fits it or anything else. */
const forgery = fc.record(
  Object.fromEntries(
    shareStatusFields.map((name): [string, fc.Arbitrary<unknown>] => {
      if (name.endsWith('Time')) return [name, fc.oneof({ weight: 3, arbitrary: dateTime }, anything)];
      if (name === 'conditions') return [name, fc.oneof(fc.array(condition, { maxLength: 20 }), anything)];
      if (name === 'secretRef') return [name, fc.oneof(secretRef, anything)];
      return [name, anything];
    }),
  ),
  { requiredKeys: [] },
);
/** In place of the whole status, or over what the issuer wrote. */
const attack = fc.record({ fields: forgery, isWhole: fc.boolean() });
const forged = (status: object | undefined, { fields, isWhole }: { fields: object; isWhole: boolean }) =>
  isWhole ? fields : { ...status, ...fields };

test('a running issuer takes back whatever is written into a status, and then rests', async () => {
  await fc.assert(
    fc.asyncProperty(attack, async (it) => {
      const { api, settle, status, scheduler } = createLoneIssuer();
      await settle();
      const own = status();
      api.forge(forged(own, it));
      await settle();
      const secret = api.secret();
      expect(status()?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
      expect(secret?.stringData?.['expires-at']).toBe(status()?.expirationTime);
      expect(scheduler.dueAt(key)).toBe(Date.parse(secret?.stringData?.['renew-at'] ?? ''));
    }),
    { numRuns: 200 },
  );
});

test('no status keeps an issuer that has just started from renewing within a lifetime', async () => {
  await fc.assert(
    fc.asyncProperty(attack, fc.boolean(), async (it, isPublished) => {
      const { api, settle, status, scheduler, restart, time } = createLoneIssuer();
      if (isPublished) await settle();
      api.forge(forged(status(), it));
      restart();
      await settle();
      const dueMs = scheduler.dueAt(key) ?? Number.NaN;
      expect(dueMs - time.now()).toBeGreaterThan(0);
      expect(dueMs - time.now()).toBeLessThanOrEqual(lifetimeMs);
      await time.advance(dueMs - time.now());
      const before = api.writes();
      await settle();
      expect(api.writes()).toBe(before + 2);
      expect(parseInstant(api.secret()?.stringData?.['expires-at'] ?? '', 'expires-at')).toBeGreaterThan(
        time.now() + lifetimeMs - 1_000,
      );
    }),
    { numRuns: 200 },
  );
});

test.each<[string, object, boolean]>([
  ['denied', {}, false],
  ['suspended', { suspend: true }, true],
  ['ended', { endTime: '2026-11-24T09:00:00Z' }, true],
  ['of no schema', { bucket: '..' }, true],
  ['about to end', { endTime: '2026-11-24T10:00:20Z', ttlAfterEnd: '1h' }, true],
])('a Share that is %s is left in peace whatever its status says', async (_what, spec, isAllowed) => {
  await fc.assert(
    fc.asyncProperty(attack, async (it) => {
      const { api, settle, status } = createLoneIssuer(spec, isAllowed);
      await settle();
      api.forge(forged(status(), it));
      await settle();
      expect(status()?.observedGeneration).toBe(1);
    }),
    { numRuns: 60 },
  );
});

function two(part: number): string {
  return String(part).padStart(2, '0');
}
