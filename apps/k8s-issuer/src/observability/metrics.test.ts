import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createWorkQueue } from '../runtime/work-queue.ts';
import { createMetrics } from './metrics.ts';

function start(secondsToExpiry?: number) {
  const time = createManualTime();
  const metrics = createMetrics({
    timers: time,
    workers: 8,
    queueLength: () => 3,
    isLeader: () => true,
    leaseName: 'valetkey-issuer',
    secondsToExpiry: () => secondsToExpiry,
    clockSkewSeconds: () => undefined,
    isGuarded: () => true,
  });
  return { time, metrics, text: async () => (await metrics.render()).text };
}

test('the reference lists every metric with its type and labels, and no other', async () => {
  const served = [...(await start().text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
    .map(([, name, type]) => `${name} ${type}`)
    .filter((it) => !/^(process|nodejs)_/.test(it));
  const page = readFileSync(new URL('../../../../docs/reference/metrics.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)`\s*\| (\w+)/gm)].map(([, name, type]) => `${name} ${type}`);
  expect(listed.toSorted()).toEqual(served.toSorted());
});

test('what passes through a queue is timed, and work under way is seen', async () => {
  const { time, metrics, text } = start();
  const queue = createWorkQueue({ observer: metrics.queue });
  queue.add('a');
  await time.advance(2_000);
  await queue.take();
  await time.advance(3_000);
  expect(await text()).toContain(
    'workqueue_longest_running_processor_seconds{name="share",controller="share"} 3',
  );
  queue.done('a');
  const after = await text();
  expect(after).toContain('workqueue_queue_duration_seconds_sum{name="share",controller="share"} 2');
  expect(after).toContain('workqueue_work_duration_seconds_sum{name="share",controller="share"} 3');
  expect(after).toContain('workqueue_depth{name="share",controller="share"} 3');
});

test('outcomes become decisions: allowed or denied for a reason; a failure is neither', async () => {
  const { metrics, text } = start();
  metrics.issued('issued', '');
  metrics.issued('denied', 'KeyNotAllowed');
  metrics.issued('failed', 'StoreUnavailable');
  const lines = (await text())
    .split('\n')
    .filter((line) => line.startsWith('valetkey_policy_decisions_total{'));
  expect(lines).toEqual([
    'valetkey_policy_decisions_total{decision="allowed",reason=""} 1',
    'valetkey_policy_decisions_total{decision="denied",reason="KeyNotAllowed"} 1',
  ]);
});

test('the time to the first expiry is left out while nothing is published', async () => {
  expect(await start().text()).not.toMatch(/^valetkey_seconds_to_first_expiry /m);
  expect(await start(-5).text()).toMatch(/^valetkey_seconds_to_first_expiry -5$/m);
});
