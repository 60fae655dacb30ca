import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createClusterClock } from './cluster-clock.ts';

const startMs = Date.parse('2026-11-24T10:00:00.400Z');
/** A second passes between two answers, and 40 ms between a request and its answer. */
const latencyMs = 40;

/** A machine that is this far ahead of the servers whose answers it gets. */
async function start(aheadMs = 0) {
  const machine = createManualTime(startMs + aheadMs);
  const corrections: number[] = [];
  const clock = createClusterClock({
    machine,
    onCorrection: (ms) => corrections.push(Math.round(ms / 1_000)),
  });
  const trueMs = () => machine.elapsedMs() + startMs;
  const answer = async (serverAheadMs = 0, takesMs = latencyMs) => {
    const sentMs = machine.now();
    await machine.advance(takesMs);
    const dateMs = Math.floor((trueMs() + serverAheadMs) / 1_000) * 1_000;
    clock.observe({ dateMs, sentMs, receivedMs: machine.now() });
    await machine.advance(1_000);
  };
  return { machine, clock, corrections, trueMs, answer };
}

test('a machine that is right by five seconds goes by its own clock', async () => {
  for (const aheadMs of [-4_000, -1, 0, 900, 4_000]) {
    const { machine, clock, corrections, answer } = await start(aheadMs);
    for (let n = 0; n < 20; n += 1) await answer();
    expect(clock.now()).toBe(machine.now());
    expect(corrections).toEqual([]);
  }
});

test('a machine that is wrong goes by the server after five answers, to the second', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.integer({ min: 7_000, max: 10 ** 10 }), fc.integer({ min: -(10 ** 10), max: -7_000 })),
      fc.array(fc.nat(800), { minLength: 5, maxLength: 12 }),
      async (aheadMs, latencies) => {
        const { clock, corrections, trueMs, answer } = await start(aheadMs);
        for (const takesMs of latencies) await answer(0, takesMs);
        expect(Math.abs(clock.now() - trueMs())).toBeLessThanOrEqual(1_000);
        expect(corrections).toHaveLength(1);
      },
    ),
  );
});

test('it tells how far ahead the machine is, before and after it was corrected', async () => {
  const { clock, answer } = await start(60_000);
  expect(clock.aheadMs()).toBeUndefined();
  for (let n = 0; n < 10; n += 1) {
    await answer();
    expect(Math.abs((clock.aheadMs() ?? 0) - 60_000)).toBeLessThanOrEqual(1_000);
  }
});

test('one API server of three that is wrong moves nobody', async () => {
  const { machine, clock, corrections, answer } = await start();
  for (let n = 0; n < 30; n += 1) await answer(n % 3 === 0 ? 0 : 90_000);
  expect(clock.now()).toBe(machine.now());
  expect(corrections).toEqual([]);
});

test('servers that contradict each other are not believed', async () => {
  const { machine, clock, answer } = await start();
  for (let n = 0; n < 30; n += 1) await answer(n % 2 === 0 ? 30_000 : 90_000);
  expect(clock.now()).toBe(machine.now());
});

test('a clock that is set is followed, and one that is set right is trusted at the next answer', async () => {
  const { machine, clock, corrections, trueMs, answer } = await start();
  const answers = async (count: number) => {
    for (let n = 0; n < count; n += 1) await answer();
  };
  await answers(3);
  machine.jump(-300_000);
  await answers(5);
  expect(Math.abs(clock.now() - trueMs())).toBeLessThanOrEqual(1_000);
  machine.jump(120_000);
  await answers(5);
  expect(Math.abs(clock.now() - trueMs())).toBeLessThanOrEqual(1_000);
  machine.jump(180_000);
  await answers(1);
  expect(clock.now()).toBe(machine.now());
  expect(corrections.map((seconds) => Math.round(seconds / 10) * 10)).toEqual([-300, -180, 0]);
});

test('a slow answer, and one during which the clock was set, say nothing', async () => {
  const { machine, clock, corrections, answer } = await start();
  for (let n = 0; n < 10; n += 1) await answer(60_000, 6_000);
  for (let n = 0; n < 10; n += 1) {
    const sentMs = machine.now() + 60_000;
    clock.observe({ dateMs: machine.now() - 60_000, sentMs, receivedMs: machine.now() });
  }
  expect(clock.now()).toBe(machine.now());
  expect(corrections).toEqual([]);
});
