import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { createManualTime } from '../../test/doubles/manual-time.ts';
import { createWorkQueue } from '../runtime/work-queue.ts';
import { createMetrics, type MetricSources } from './metrics.ts';

const ofNode = /^(?:process|nodejs)_/;

function start({
  secondsToExpiry,
  clockSkewSeconds,
  unusable = () => [],
}: {
  secondsToExpiry?: number;
  clockSkewSeconds?: number;
  unusable?: MetricSources['unusable'];
} = {}) {
  const time = createManualTime();
  const metrics = createMetrics({
    timers: time,
    workers: 8,
    queueLength: () => 3,
    isLeader: () => true,
    leaseName: 'valetkey-issuer',
    secondsToExpiry: () => secondsToExpiry,
    clockSkewSeconds: () => clockSkewSeconds,
    unusable,
    isGuarded: () => true,
  });
  return { time, metrics, text: async () => (await metrics.render()).text };
}

test('the reference lists every metric with its type and labels, and no other', async () => {
  const { metrics, text } = start({
    secondsToExpiry: 60,
    clockSkewSeconds: 0.5,
    unusable: () => [{ kind: 'SharePolicy', reason: 'InvalidSpec', count: 1 }],
  });
  metrics.issued('denied', 'KeyNotAllowed');
  metrics.renewed(1);
  metrics.probed('untouched');
  metrics.watchRestarted('Share', 'ended');
  metrics.eventWritten('written');
  metrics.visited('error', 1);
  metrics.called({ method: 'GET', code: '200', host: 'localhost' });
  metrics.queue.added('a');
  metrics.queue.taken('a');
  metrics.queue.done('a');
  const served = metricsOf(await text());
  const page = readFileSync(new URL('../../../../docs/reference/metrics.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)`\s*\| (\w+)\s*\|([^|]*)\|/gm)].map(
    ([, name = '', type = '', labels = '']) => toRow(name, type, labels.matchAll(/`(\w+)`/g)),
  );
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
  expect(await start({ secondsToExpiry: -5 }).text()).toMatch(/^valetkey_seconds_to_first_expiry -5$/m);
});

test('unusable objects are read anew each time, a series for each kind and reason', async () => {
  let count = 2;
  const { text } = start({
    unusable: () => [{ kind: 'SharePolicy', reason: 'InvalidSpec', count }],
  });
  const line = 'valetkey_unusable_objects{kind="SharePolicy",reason="InvalidSpec"}';
  expect(await text()).toContain(`${line} 2\n`);
  count = 0;
  expect(await text()).toContain(`${line} 0\n`);
});

/** Name, type and labels of every metric that is served, without Node's own. */
function metricsOf(text: string): readonly string[] {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].filter(([, name = '']) => !ofNode.test(name));
  return types.map(([, name = '', type = '']) => {
    const sample = new RegExp(`^${name}(?:_count)?(?:\\{(.*)\\})? `, 'm').exec(text);
    expect(sample, `${name} has no sample: count something`).not.toBeNull();
    return toRow(name, type, (sample?.[1] ?? '').matchAll(/(\w+)="/g));
  });
}

function toRow(name: string, type: string, labels: Iterable<RegExpExecArray>): string {
  const names = [...labels].map(([, label = '']) => label);
  return `${name} ${type} ${names.toSorted().join(' ')}`;
}
