/// <reference types="node" />
/** What a source of keys that answers late or never does to those who sign meanwhile. */
import { spawnSync } from 'node:child_process';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { systemClock } from '../clock.ts';
import { Credentials } from '../signing/credentials.ts';
import { cacheCredentials } from './cached-credentials.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const minuteMs = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: nowMs }));
afterEach(() => void vi.useRealTimers());

const made = (minutes: number | undefined, id: string) =>
  new Credentials({
    accessKeyId: id,
    secretAccessKey: 'shh',
    expiresAtMs: minutes === undefined ? undefined : nowMs + minutes * minuteMs,
  });

/** A source whose answers are given by the test; each asking waits for its own. */
function source(isSession = false) {
  const asked: PromiseWithResolvers<Credentials>[] = [];
  const provide = cacheCredentials({
    isSession,
    clock: systemClock,
    fetch: () => {
      const answer = Promise.withResolvers<Credentials>();
      asked.push(answer);
      return answer.promise;
    },
  });
  const idOf = async (lifetimeSeconds?: number) => (await provide(lifetimeSeconds)).accessKeyId;
  const start = async (minutes: number, id: string) => {
    const first = idOf();
    asked[0]?.resolve(made(minutes, id));
    await first;
  };
  return { idOf, asked, start };
}

/** What is known of a promise without waiting for it. */
async function standing(promise: Promise<string>): Promise<string> {
  return Promise.race([promise.catch(() => 'refused'), vi.advanceTimersByTimeAsync(0).then(() => 'waits')]);
}

describe('while a source of keys hangs', () => {
  test('keys that outlive the URL sign it at once, and are asked for once in the background', async () => {
    const { idOf, asked, start } = source();
    await start(60, 'a');
    await vi.advanceTimersByTimeAsync(56 * minuteMs);
    const urls = Promise.all([idOf(60), idOf(60), idOf(120)]).then((ids) => ids.join(''));
    expect(await standing(urls)).toBe('aaa');
    expect(asked).toHaveLength(2);
    asked[1]?.resolve(made(120, 'b'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await standing(idOf(60))).toBe('b');
  });

  test.each([
    ['the URL is longer', true, 45, 3600],
    ['nobody says how long the URL is', true, 45, undefined],
    ['keys are no session', false, 57, 600],
  ])(
    'keys that cut the URL short sign it after a second, and then at once: %s',
    async (_title, isSession, minutes, lifetimeSeconds) => {
      const { idOf, asked, start } = source(isSession);
      await start(60, 'a');
      await vi.advanceTimersByTimeAsync(minutes * minuteMs);
      const first = idOf(lifetimeSeconds);
      expect(await standing(first)).toBe('waits');
      await vi.advanceTimersByTimeAsync(1000);
      expect(await standing(first)).toBe('a');
      expect(await standing(idOf(lifetimeSeconds))).toBe('a');
      expect(asked).toHaveLength(2);
    },
  );

  test('and it is known, nobody waits a second again while keys live; when it answers, its keys sign', async () => {
    const { idOf, asked, start } = source();
    await start(60, 'a');
    await vi.advanceTimersByTimeAsync(56 * minuteMs);
    const first = idOf();
    await vi.advanceTimersByTimeAsync(1000);
    await first;
    asked[1]?.reject(new Error('slow and down'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await standing(idOf())).toBe('a');
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await standing(idOf())).toBe('a');
    expect(asked).toHaveLength(3);
    asked[2]?.resolve(made(120, 'b'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await standing(idOf())).toBe('b');
  });

  test('and fails after the last keys have ended, nothing is left unhandled', async () => {
    const { idOf, asked, start } = source();
    await start(60, 'a');
    await vi.advanceTimersByTimeAsync(56 * minuteMs);
    expect(await standing(idOf(60))).toBe('a');
    vi.setSystemTime(nowMs + 61 * minuteMs);
    asked[1]?.reject(new Error('down'));
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ['that have ended', 60],
    ['with less than the margin left', 59.5],
  ])('those with keys %s wait for it, and a minute at most', async (_title, minutes) => {
    const { idOf, asked, start } = source();
    await start(60, 'a');
    await vi.advanceTimersByTimeAsync(minutes * minuteMs);
    const urls = [idOf(60), idOf(60)];
    await vi.advanceTimersByTimeAsync(59_000);
    const late = idOf(60);
    for (const url of [...urls, late]) expect(await standing(url)).toBe('waits');
    const refused = Promise.allSettled([...urls, late]);
    await vi.advanceTimersByTimeAsync(1000);
    for (const outcome of await refused) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'credentials-unavailable' } });
    }
    expect(asked).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('those without keys are refused at once for ten seconds after it was given up', async () => {
    const { idOf, asked } = source();
    const first = Promise.allSettled([idOf()]);
    await vi.advanceTimersByTimeAsync(60_000);
    await first;
    expect(await standing(idOf())).toBe('refused');
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    const next = idOf();
    expect(await standing(next)).toBe('waits');
    asked[1]?.resolve(made(200, 'b'));
    expect(await next).toBe('b');
  });

  test('what it says after it was given up is too late', async () => {
    const { idOf, asked } = source();
    const first = Promise.allSettled([idOf()]);
    await vi.advanceTimersByTimeAsync(70_000);
    await first;
    const second = idOf();
    asked[1]?.resolve(made(200, 'b'));
    await second;
    asked[0]?.resolve(made(100, 'a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await idOf()).toBe('b');
  });

  test('it is asked four times without an answer and no more, and again when one has come', async () => {
    const { idOf, asked } = source();
    for (let time = 0; time < 6; time += 1) {
      const refused = Promise.allSettled([idOf()]);
      await vi.advanceTimersByTimeAsync(70_000);
      expect(await refused).toMatchObject([{ reason: { code: 'credentials-unavailable' } }]);
    }
    expect(asked).toHaveLength(4);
    asked[0]?.reject(new Error('at last'));
    await vi.advanceTimersByTimeAsync(0);
    const url = idOf();
    asked[4]?.resolve(made(200, 'b'));
    expect(await url).toBe('b');
  });

  test('64 wait for it, everybody else a second or not at all; who waits gets its keys', async () => {
    const { idOf, asked } = source();
    const early = Array.from({ length: 100 }, () => idOf());
    for (const url of early) expect(await standing(url)).toBe('waits');
    const settled = Promise.allSettled(early);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await Promise.all(early.map(standing))).toEqual([
      ...Array.from({ length: 64 }, () => 'waits'),
      ...Array.from({ length: 36 }, () => 'refused'),
    ]);
    await expect(idOf()).rejects.toMatchObject({ code: 'credentials-unavailable' });
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(made(60, 'a'));
    const outcomes = await settled;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
    expect(await idOf()).toBe('a');
  });

  test('any number get keys that come within a second', async () => {
    const { idOf, asked } = source();
    const urls = Promise.all(Array.from({ length: 1000 }, () => idOf()));
    await vi.advanceTimersByTimeAsync(900);
    asked[0]?.resolve(made(60, 'a'));
    expect(new Set(await urls)).toEqual(new Set(['a']));
    expect(asked).toHaveLength(1);
  });

  test('keys without an end are waited for too, and a minute at most', async () => {
    const { idOf, asked } = source();
    const first = idOf();
    asked[0]?.resolve(made(undefined, 'a'));
    expect(await first).toBe('a');
    await vi.advanceTimersByTimeAsync(11_000);
    const refused = Promise.allSettled([idOf()]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await refused).toMatchObject([{ reason: { code: 'credentials-unavailable' } }]);
  });
});

test('a source that hangs keeps no process alive', () => {
  const program = `import { startFetch } from ${JSON.stringify(new URL('bounded-fetch.ts', import.meta.url).href)};
    startFetch(() => new Promise(() => {}), () => {});
    process.stdout.write('begun');`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect({ stdout, status }).toEqual({ stdout: 'begun', status: 0 });
});
