import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

import {
  createRuntimeMetrics,
  readGauge,
  readGauges,
  type RuntimeMetrics,
  type RuntimeSources,
} from './runtime-metrics.ts';

/** Milliseconds between two looks at the event loop. Node's 10 cost more processor than all other idling. */
const eventLoopMonitoringPrecision = 100;

/** What the issuer counts. */
export interface Metrics extends RuntimeMetrics {
  readonly issued: (result: 'issued' | 'kept' | 'suspended' | 'denied' | 'failed', reason: string) => void;
  /** A Share is denied although what was published for it could not be withdrawn. */
  readonly denied: (reason: string) => void;
  /** How late a renewal was, in seconds. */
  readonly renewed: (lagSeconds: number) => void;
  readonly probed: (result: 'untouched' | 'changed' | 'gone' | 'failed') => void;
  readonly watchRestarted: (kind: string, why: string) => void;
  readonly eventWritten: (result: 'written' | 'failed' | 'dropped') => void;
  /** Text in Prometheus' exposition format. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** What is read when metrics are asked for. */
export interface MetricSources extends RuntimeSources {
  /** Seconds until the published URLs that end first do; undefined when nothing is published. */
  readonly secondsToExpiry: () => number | undefined;
  /** Server's clock minus ours. */
  readonly clockSkewSeconds: () => number | undefined;
  /** Policies and stores that cannot be used, by kind and reason. */
  readonly unusable: () => readonly {
    readonly kind: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** Whether the admission policy that guards Secrets was seen at work. */
  readonly isGuarded: () => boolean;
}

/** Creates a registry with everything that `docs/reference/metrics.md` lists, and Node's own metrics. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision });
  readGauge(registry, 'valetkey_seconds_to_first_expiry', 'Seconds until the first published URL ends', {
    read: sources.secondsToExpiry,
  });
  readGauge(registry, 'valetkey_clock_skew_seconds', "The API server's clock minus this machine's", {
    read: sources.clockSkewSeconds,
  });
  readGauge(registry, 'valetkey_admission_policy_active', '1 when the admission policy was seen at work', {
    read: () => (sources.isGuarded() ? 1 : 0),
  });
  readGauges(registry, 'valetkey_unusable_objects', 'Policies and stores that cannot be used', {
    labelNames: ['kind', 'reason'],
    read: () =>
      sources.unusable().map(({ kind, reason, count }) => ({ labels: { kind, reason }, value: count })),
  });
  const probes = new Counter({
    name: 'valetkey_drift_probes_total',
    help: 'Looks at Secrets: untouched since the status tells of them, changed, gone, or failed',
    labelNames: ['result'],
    registers,
  });
  const outcomes = new Counter({
    name: 'valetkey_share_outcomes_total',
    help: 'How visits to Shares ended',
    labelNames: ['result', 'reason'],
    registers,
  });
  const decisions = new Counter({
    name: 'valetkey_policy_decisions_total',
    help: 'Decisions about Shares: allowed, or denied for a reason',
    labelNames: ['decision', 'reason'],
    registers,
  });
  const lag = new Histogram({
    name: 'valetkey_renewal_lag_seconds',
    help: 'How late renewals were',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers,
  });
  const restarts = new Counter({
    name: 'valetkey_watch_restarts_total',
    help: 'Watches that were begun again',
    labelNames: ['kind', 'why'],
    registers,
  });
  const events = new Counter({
    name: 'valetkey_events_total',
    help: 'Events of Shares: written, failed, or dropped because there were too many',
    labelNames: ['result'],
    registers,
  });
  return {
    ...createRuntimeMetrics(registry, sources),
    issued(result, reason) {
      outcomes.inc({ result, reason });
      if (result === 'denied') decisions.inc({ decision: 'denied', reason });
      else if (result !== 'failed') decisions.inc({ decision: 'allowed', reason: '' });
    },
    denied: (reason) => decisions.inc({ decision: 'denied', reason }),
    renewed: (lagSeconds) => lag.observe(Math.max(lagSeconds, 0)),
    probed: (result) => probes.inc({ result }),
    watchRestarted: (kind, why) => restarts.inc({ kind, why }),
    eventWritten: (result) => events.inc({ result }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
