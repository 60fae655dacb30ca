import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { presign } from './presign.ts';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
const noon = Date.parse('2026-11-25T12:00:00Z');

interface Asked {
  readonly nowMs: number;
  readonly cacheWindowSeconds?: number;
  readonly expiresInSeconds?: number;
  readonly expiresAtMs?: number;
}

const sign = ({ nowMs, cacheWindowSeconds = 3600, expiresInSeconds = 300, expiresAtMs }: Asked) =>
  presign(
    {
      method: 'GET',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      bucket: 'media',
      key: 'a.png',
      expiresInSeconds,
    },
    expiresAtMs === undefined ? keys : { ...keys, expiresAtMs },
    { nowMs, cacheWindowSeconds },
  );
const leftOf = (asked: Asked) => (Date.parse(sign(asked).expiresAt) - asked.nowMs) / 1000;

test('a URL without a window lives until the very second in which its credentials are a minute from their end', () => {
  for (const partMs of [0, 1, 500, 999]) {
    const nowMs = noon + partMs;
    expect(sign({ nowMs, cacheWindowSeconds: 0, expiresAtMs: noon + 120_000 }).expiresAt).toBe(
      '2026-11-25T12:01:00Z',
    );
  }
});

describe('a cache window', () => {
  test('gives one URL from its first millisecond to its last, and the next window another', () => {
    const first = sign({ nowMs: noon }).reveal();
    expect(sign({ nowMs: noon + 3_599_999 }).reveal()).toBe(first);
    expect(sign({ nowMs: noon + 3_600_000 }).reveal()).not.toBe(first);
    expect(sign({ nowMs: noon - 1 }).reveal()).not.toBe(first);
  });

  test('never takes from the life that was asked for, and adds no more than its own length', () => {
    const asked = fc.record({
      nowMs: fc.integer({ min: noon, max: noon + 10 ** 9 }),
      cacheWindowSeconds: fc.integer({ min: 0, max: 604_800 }),
      expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
    });
    fc.assert(
      fc.property(asked, (terms) => {
        const left = leftOf(terms);
        // Without a window the life counts from the whole second, as a store counts.
        expect(left).toBeGreaterThan(terms.expiresInSeconds - 1);
        expect(left).toBeLessThanOrEqual(terms.expiresInSeconds + terms.cacheWindowSeconds);
        const expires = new URL(sign(terms).reveal()).searchParams.get('X-Amz-Expires');
        expect(Number(expires)).toBeLessThanOrEqual(604_800);
      }),
      { numRuns: 2000, seed: 20_261_125 },
    );
  });

  test('gives way where the asked life is the longest there can be', () => {
    expect(leftOf({ nowMs: noon + 1_800_000, expiresInSeconds: 604_800 })).toBe(604_800);
  });

  test('ends with the credentials, at the same instant all along, and never outlives them', () => {
    const expiresAtMs = noon + 1_200_000;
    const urls = [0, 400_000, 900_000].map((ms) => sign({ nowMs: noon + ms, expiresAtMs }));
    expect(new Set(urls.map((url) => url.reveal())).size).toBe(1);
    expect(urls[0]).toMatchObject({ limitedBy: 'credentials', expiresAt: '2026-11-25T12:19:00Z' });
    expect(() => sign({ nowMs: noon + 1_150_000, expiresAtMs })).toThrow(
      expect.objectContaining({ code: 'credentials-expired' }),
    );
  });

  test.each([-1, 1.5, Number.NaN, 604_801])('of %d seconds is none', (cacheWindowSeconds) => {
    expect(() => sign({ nowMs: noon, cacheWindowSeconds })).toThrow(
      expect.objectContaining({ code: 'invalid-lifetime', field: 'cacheWindowSeconds' }),
    );
  });
});
