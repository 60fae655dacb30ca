import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createTokenBucket } from '../runtime/token-bucket.ts';
import { createPacing } from './pacing.ts';

function start(burst = 100, random = () => 0) {
  const time = createManualTime();
  const writes = createTokenBucket({ timers: time, perSecond: 1, burst });
  const pacing = createPacing({ timers: time, random, writes });
  const went: number[] = [];
  const go = (kind: 'read' | 'write', signal?: AbortSignal): void =>
    void pacing.turn(kind, signal).then(() => went.push(time.elapsedMs()));
  return { time, pacing, went, go };
}

test('nobody calls before the time that the server has asked for, nor does who was waiting already', async () => {
  const { time, pacing, went, go } = start();
  pacing.askedToWait(2);
  go('read');
  await time.advance(1_500);
  pacing.askedToWait(5);
  go('write');
  await time.advance(4_999);
  expect(went).toEqual([]);
  await time.advance(1);
  expect(went).toEqual([6_500, 6_500]);
});

test('calls that were held up go out one by one, over as long as the server has asked for, two seconds at most', async () => {
  const chances = [0, 0, 0.5, 0.9];
  for (const [seconds, spreadMs] of [
    [1, 1_000],
    [30, 2_000],
  ] as const) {
    const left = [...chances];
    const { time, pacing, went, go } = start(100, () => left.shift() ?? 0);
    pacing.askedToWait(seconds);
    for (let n = 1; n < chances.length; n += 1) go('write');
    await time.advance(60_000);
    expect(went).toEqual([0, 0.5, 0.9].map((part) => seconds * 1_000 + part * spreadMs));
  }
});

test('a call that was held up waits on when another one has been refused meanwhile', async () => {
  const left = [0, 0, 0.5];
  const { time, pacing, went, go } = start(100, () => left.shift() ?? 0);
  pacing.askedToWait(1);
  go('write');
  go('write');
  await time.advance(1_000);
  pacing.askedToWait(1);
  await time.advance(5_000);
  expect(went).toEqual([1_000, 2_000]);
});

test('a server that cannot be reached is tried again within a second, however often it was not', async () => {
  const { time, pacing, went, go } = start();
  for (let n = 0; n < 50; n += 1) {
    pacing.unreachable();
    pacing.unreachable();
    go('read');
    await time.advance(1_000);
    expect(went).toHaveLength(n + 1);
  }
  pacing.answered();
  pacing.unreachable();
  go('read');
  await time.advance(100);
  expect(went).toHaveLength(51);
});

test('a pause that a broken proxy asks for has an end', async () => {
  const { time, pacing, went, go } = start();
  pacing.askedToWait(86_400);
  go('read');
  await time.advance(120_000);
  expect(went).toHaveLength(1);
});

test('writes keep to their rate, reads do not wait for them', async () => {
  const { time, went, go } = start(2);
  for (let n = 0; n < 4; n += 1) go('write');
  go('read');
  await time.advance(0);
  expect(went).toEqual([0, 0, 0]);
  await time.advance(2_000);
  expect(went).toEqual([0, 0, 0, 1_000, 2_000]);
});

test('an abort ends the wait', async () => {
  const { time, pacing, went, go } = start();
  const stop = new AbortController();
  pacing.askedToWait(60);
  go('read', stop.signal);
  stop.abort();
  await time.advance(0);
  expect(went).toEqual([0]);
  expect(time.armed()).toBe(0);
});
