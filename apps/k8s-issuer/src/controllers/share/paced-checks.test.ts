import { expect, test } from 'vitest';

import { createManualTime } from '../../../test/doubles/manual-time.ts';
import { aWrittenShare } from '../../../test/doubles/stored-objects.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { wait } from '../../runtime/timer.ts';
import { createPacedChecks } from './paced-checks.ts';
import { createShareCaches } from './share-caches.ts';
import { createShareMemory } from './share-memory.ts';

/** Checks of so many Shares, each answered after `callMs`; the first `failures` with an error. */
function start(shares: number, { callMs = 0, failures = 0, answer = 500, status = {} } = {}) {
  const time = createManualTime();
  const caches = createShareCaches();
  const at: { readonly name: string; readonly ms: number }[] = [];
  const never = new AbortController().signal;
  let running = 0;
  let most = 0;
  for (let n = 0; n < shares; n += 1) caches.shares.set(aWrittenShare(`s-${n}`, status));
  const checks = createPacedChecks({
    caches,
    memory: createShareMemory(),
    timers: time,
    random: () => 1,
    api: {
      async probeSecret({ metadata }) {
        const nth = at.push({ name: metadata.name, ms: time.elapsedMs() });
        most = Math.max(most, (running += 1));
        await wait(time, callMs, never);
        running -= 1;
        if (nth <= failures) throw new KubeError({ status: answer, reason: 'InternalError' });
        return 'untouched';
      },
    },
    unguarded: () => undefined,
    add: () => undefined,
    onProbe: () => undefined,
    retryAfterMs: () => undefined,
    onError: () => undefined,
  });
  const addAll = () => [...caches.shares.keys()].forEach((key) => checks.add(key));
  return { time, caches, checks, at, addAll, most: () => most };
}

async function runFor({ time, checks }: ReturnType<typeof start>, ms: number): Promise<void> {
  const running = checks.run();
  await time.advance(ms);
  checks.shutDown();
  await time.advance(10_000);
  await running;
}

test('1,000 Shares are asked about in ten seconds, and not in less', async () => {
  const all = start(1_000);
  all.addAll();
  await runFor(all, 10_000);
  expect(new Set(all.at.map(({ name }) => name)).size).toBe(1_000);
  const inFirstSecond = all.at.filter(({ ms }) => ms < 1_000);
  expect(inFirstSecond.length).toBeLessThanOrEqual(104);
  expect(all.at.at(-1)?.ms).toBeGreaterThan(9_900);
});

test('an API server that is slow is asked four times at once at most', async () => {
  const slow = start(100, { callMs: 5_000 });
  slow.addAll();
  await runFor(slow, 20_000);
  expect([slow.most(), slow.at.length]).toEqual([4, 20]);
});

test('those whose status tells of no URLs come first, however many others wait', async () => {
  const many = start(400, { status: { expirationTime: '2026-11-26T12:00:00Z' } });
  many.addAll();
  many.caches.shares.set(aWrittenShare('denied', {}));
  many.checks.add('vision/denied');
  await runFor(many, 5_000);
  expect(many.at[0]?.name).toBe('denied');
});

test('one that fails is asked about again, and holds no other up', async () => {
  const some = start(10, { failures: 1 });
  some.addAll();
  await runFor(some, 5_000);
  const names = some.at.map(({ name }) => name);
  expect([names.length, new Set(names).size, names.at(-1)]).toEqual([11, 10, names[0]]);
});

test.each([429, 503, 504])(
  'an API server that answers %i is left alone, each time for longer',
  async (answer) => {
    const all = start(100, { failures: 12, answer, callMs: 10 });
    all.addAll();
    await runFor(all, 200_000);
    // Four under way, three times over; then everybody.
    const rounds = [0, 10_000, 30_000, 70_000].map(
      (ms) => all.at.filter((call) => call.ms >= ms && call.ms < ms + 9_000).length,
    );
    expect(rounds).toEqual([4, 4, 4, 100]);
  },
);
