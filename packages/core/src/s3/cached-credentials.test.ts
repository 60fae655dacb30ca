import { describe, expect, test } from 'vitest';

import { Credentials } from '../signing/credentials.ts';
import { cacheCredentials } from './cached-credentials.ts';

describe('credentials that end', () => {
  const nowMs = Date.parse('2026-11-24T12:00:00Z');
  const made = (minutes: number | undefined, id = 'a') =>
    new Credentials({
      accessKeyId: id,
      secretAccessKey: 'shh',
      expiresAtMs: minutes === undefined ? undefined : nowMs + minutes * 60_000,
    });

  function cached(...answers: readonly (Credentials | Error)[]) {
    return cachedAs(false, ...answers);
  }

  function cachedAs(isSession: boolean, ...answers: readonly (Credentials | Error)[]) {
    const clock = { nowMs, now: () => clock.nowMs };
    let calls = 0;
    const fetch = async () => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (answer instanceof Credentials) return answer;
      throw answer ?? new Error('none');
    };
    const provide = cacheCredentials({ fetch, clock, isSession });
    return { provide, clock, calls: () => calls };
  }

  test('are fetched once until five minutes before their end, and once for many that ask at the same time', async () => {
    const { provide, clock, calls } = cached(made(60, 'a'), made(120, 'b'));
    await Promise.all([provide(), provide(), provide()]);
    clock.nowMs += 54 * 60_000;
    expect((await provide()).accessKeyId).toBe('a');
    expect(calls()).toBe(1);
    clock.nowMs += 2 * 60_000;
    expect((await provide()).accessKeyId).toBe('b');
    expect(calls()).toBe(2);
  });

  test('serve to their end when they cannot be refreshed, and no longer', async () => {
    const { provide, clock } = cached(made(10), new Error('down'));
    await provide();
    clock.nowMs += 8 * 60_000;
    expect((await provide()).accessKeyId).toBe('a');
    clock.nowMs += 3 * 60_000;
    await expect(provide()).rejects.toThrow('down');
  });

  test('are told apart from those that do not, which are asked for each time', async () => {
    const { provide, calls } = cached(made(undefined));
    await provide();
    await provide();
    expect(calls()).toBe(2);
  });

  test('and have ended when they come are refused', async () => {
    const { provide } = cached(made(0));
    await expect(provide()).rejects.toMatchObject({ code: 'credentials-expired' });
  });

  test('are kept when ended ones come after them', async () => {
    const { provide, clock } = cached(made(10, 'a'), made(1, 'b'));
    await provide();
    clock.nowMs += 6 * 60_000;
    expect((await provide()).accessKeyId).toBe('a');
  });

  test('and cannot be refreshed are asked for again after ten seconds, not at each call', async () => {
    const { provide, clock, calls } = cached(made(10, 'a'), new Error('down'), made(60, 'b'));
    await provide();
    clock.nowMs += 6 * 60_000;
    for (let call = 0; call < 5; call += 1) expect((await provide()).accessKeyId).toBe('a');
    expect(calls()).toBe(2);
    clock.nowMs += 11_000;
    expect((await provide()).accessKeyId).toBe('b');
  });

  test.each([
    ['two hours', 7200, 12 * 60 - 122, 'a'],
    ['two hours', 7200, 12 * 60 - 121, 'b'],
    ['more than half of it', 11 * 3600, 359, 'a'],
    ['more than half of it', 11 * 3600, 361, 'b'],
    ['nobody says how long', undefined, 361, 'b'],
  ])(
    'as a session of 12 h serve URLs of %s until that and a minute or half of it is left',
    async (_title, lifetimeSeconds, minutesLater, expected) => {
      const { provide, clock } = cachedAs(true, made(12 * 60, 'a'), made(36 * 60, 'b'));
      await provide(lifetimeSeconds);
      clock.nowMs += minutesLater * 60_000;
      expect((await provide(lifetimeSeconds)).accessKeyId).toBe(expected);
    },
  );
});
