import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { Timers } from '../runtime/timer.ts';
import type { QueueObserver } from '../runtime/work-queue.ts';

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** One controller, one queue; the names are controller-runtime's, so that its dashboards fit. */
const controller = 'share';
const queueLabels = { name: controller, controller };

/**
 * What the runtime counts, whatever it works on.
 * @internal
 */
export interface RuntimeMetrics {
  readonly queue: QueueObserver;
  readonly visited: (result: 'success' | 'requeue' | 'requeue_after' | 'error', durationMs: number) => void;
  readonly called: (call: { readonly method: string; readonly code: string; readonly host: string }) => void;
}

/** What is read when metrics are asked for. */
export interface RuntimeSources {
  readonly timers: Timers;
  readonly queueLength: () => number;
  readonly workers: number;
  readonly isLeader: () => boolean;
  readonly leaseName: string;
}

/**
 * Registers the runtime's metrics.
 * @internal
 */
export function createRuntimeMetrics(registry: Registry, sources: RuntimeSources): RuntimeMetrics {
  const registers = [registry];
  const visits = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Visits by result',
    labelNames: ['controller', 'result'],
    registers,
  });
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Visits that failed and will be repeated',
    labelNames: ['controller'],
    registers,
  });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Keys that wait for another visit after a failure',
    labelNames: Object.keys(queueLabels),
    registers,
  });
  const durations = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of visits',
    labelNames: ['controller'],
    buckets: seconds,
    registers,
  });
  const calls = new Counter({
    name: 'rest_client_requests_total',
    help: 'Calls of the API server by method and status; <error> where there was no answer',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  readGauge(registry, 'leader_election_master_status', '1 while this replica holds the Lease', {
    labels: { name: sources.leaseName },
    read: () => (sources.isLeader() ? 1 : 0),
  });
  readGauge(registry, 'controller_runtime_max_concurrent_reconciles', 'Visits that may run at once', {
    labels: { controller },
    read: () => sources.workers,
  });
  errors.inc({ controller }, 0);
  retries.inc(queueLabels, 0);
  return {
    queue: createQueueMetrics(registry, sources),
    visited(result, durationMs) {
      visits.inc({ controller, result });
      if (result === 'error') {
        errors.inc({ controller });
        retries.inc(queueLabels);
      }
      durations.observe({ controller }, durationMs / 1000);
    },
    called: ({ code, method, host }) => calls.inc({ code, method, host }),
  };
}

function createQueueMetrics(registry: Registry, { timers, queueLength }: RuntimeSources): QueueObserver {
  const registers = [registry];
  const labelNames = Object.keys(queueLabels);
  const waitingSinceMs = new Map<string, number>();
  const workingSinceMs = new Map<string, number>();
  const adds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Keys that began to wait for a visit',
    labelNames,
    registers,
  });
  const waits = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long keys waited',
    labelNames,
    buckets: seconds,
    registers,
  });
  const works = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long keys were worked on',
    labelNames,
    buckets: seconds,
    registers,
  });
  const workingSeconds = (): number[] =>
    [...workingSinceMs.values()].map((sinceMs) => (timers.elapsedMs() - sinceMs) / 1000);
  const gauge = (name: string, help: string, read: () => number): void =>
    readGauge(registry, name, help, { labels: queueLabels, read });
  gauge('workqueue_depth', 'Keys that wait for a visit', queueLength);
  gauge('controller_runtime_active_workers', 'Visits that run now', () => workingSinceMs.size);
  gauge('workqueue_unfinished_work_seconds', 'Sum of how long the running visits have run', () =>
    workingSeconds().reduce((sum, one) => sum + one, 0),
  );
  gauge('workqueue_longest_running_processor_seconds', 'How long the longest running visit has run', () =>
    Math.max(0, ...workingSeconds()),
  );
  const end = (since: Map<string, number>, key: string, durations: Histogram): void => {
    const sinceMs = since.get(key);
    since.delete(key);
    if (sinceMs !== undefined) durations.observe(queueLabels, (timers.elapsedMs() - sinceMs) / 1000);
  };
  return {
    added(key) {
      adds.inc(queueLabels);
      waitingSinceMs.set(key, timers.elapsedMs());
    },
    taken(key) {
      end(waitingSinceMs, key, waits);
      workingSinceMs.set(key, timers.elapsedMs());
    },
    done: (key) => end(workingSinceMs, key, works),
  };
}

/**
 * A gauge that is read when metrics are asked for; it is left out while there is nothing to read.
 * @internal
 */
export function readGauge(
  registry: Registry,
  name: string,
  help: string,
  from: { readonly labels?: Record<string, string>; readonly read: () => number | undefined },
): void {
  const { labels = {}, read } = from;
  readGauges(registry, name, help, {
    labelNames: Object.keys(labels),
    read() {
      const value = read();
      return value === undefined ? [] : [{ labels, value }];
    },
  });
}

/**
 * A gauge of several series that are read when metrics are asked for.
 * @internal
 */
export function readGauges(
  registry: Registry,
  name: string,
  help: string,
  from: {
    readonly labelNames: readonly string[];
    readonly read: () => readonly { readonly labels: Record<string, string>; readonly value: number }[];
  },
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [],
    labelNames: [...from.labelNames],
    collect() {
      this.reset();
      // Without labels a reset leaves a zero, which nobody has read.
      if (from.labelNames.length === 0) this.remove();
      for (const { labels, value } of from.read()) this.set(labels, value);
    },
  });
  registry.registerMetric(gauge);
}
