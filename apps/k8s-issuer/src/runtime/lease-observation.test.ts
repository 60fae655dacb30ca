import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createLeaseObservation } from './lease-observation.ts';

const record = {
  holderIdentity: 'a',
  leaseDurationSeconds: 15,
  acquireTime: '2026-11-25T12:00:00.000000Z',
  renewTime: '2026-11-25T12:00:00.000000Z',
  leaseTransitions: 0,
};

async function start() {
  const time = createManualTime();
  const observation = createLeaseObservation({ timers: time, leaseDurationMs: 15_000 });
  observation.observe({ record, resourceVersion: '5' }, 'read');
  await time.advance(10_000);
  return { time, observation };
}

test('a record that somebody put back is waited for anew: its holder may have renewed it in between', async () => {
  const { observation } = await start();
  observation.observe({ record, resourceVersion: '7' }, 'watch');
  expect(observation.remainingMs()).toBe(15_000);
  observation.observe({ record: { ...record, holderIdentity: '' }, resourceVersion: '6' }, 'watch');
  expect(observation.remainingMs()).toBe(15_000);
});

test('a version that is told twice is no newer for it', async () => {
  const { time, observation } = await start();
  observation.observe({ record, resourceVersion: '5' }, 'read');
  expect(observation.remainingMs()).toBe(5_000);
  await time.advance(5_000);
  expect(observation.remainingMs()).toBe(0);
});
