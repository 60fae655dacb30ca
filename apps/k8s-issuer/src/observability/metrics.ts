import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the issuer counts. Names of the runtime are controller-runtime's. */
export interface Metrics {
  readonly visited: (result: 'success' | 'requeue-after' | 'error', durationMs: number) => void;
  readonly issued: (result: 'issued' | 'kept' | 'suspended' | 'denied' | 'failed', reason: string) => void;
  /** How late a renewal was, in seconds. */
  readonly renewed: (lagSeconds: number) => void;
  readonly watchRestarted: (kind: string, why: string) => void;
  /** Text in Prometheus' exposition format. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** What is read when metrics are asked for. */
export interface MetricSources {
  readonly queueLength: () => number;
  /** Seconds until the published URLs that end first do; undefined when nothing is published. */
  readonly secondsToExpiry: () => number | undefined;
  readonly isLeader: () => boolean;
  readonly leaseName: string;
  /** Server's clock minus ours. */
  readonly clockSkewSeconds: () => number | undefined;
}

export function createMetrics(sources: MetricSources): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (
    name: string,
    help: string,
    read: () => number | undefined,
    labels: Record<string, string> = {},
  ) =>
    new Gauge({
      name,
      help,
      registers,
      labelNames: Object.keys(labels),
      collect() {
        const value = read();
        if (value === undefined) this.reset();
        else this.set(labels, value);
      },
    });
  gauge('workqueue_depth', 'Shares that wait for a visit', sources.queueLength);
  gauge(
    'valetkey_seconds_to_first_expiry',
    'Seconds until the first published URL ends',
    sources.secondsToExpiry,
  );
  gauge(
    'valetkey_clock_skew_seconds',
    "The API server's clock minus this machine's",
    sources.clockSkewSeconds,
  );
  gauge(
    'leader_election_master_status',
    '1 while this replica holds the Lease',
    () => (sources.isLeader() ? 1 : 0),
    { name: sources.leaseName },
  );
  const visits = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Visits by result',
    labelNames: ['controller', 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of visits',
    labelNames: ['controller'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30],
    registers,
  });
  const outcomes = new Counter({
    name: 'valetkey_share_outcomes_total',
    help: 'How visits to Shares ended',
    labelNames: ['result', 'reason'],
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
  return {
    visited: (result, durationMs) => {
      visits.inc({ controller: 'share', result });
      durations.observe({ controller: 'share' }, durationMs / 1000);
    },
    issued: (result, reason) => outcomes.inc({ result, reason }),
    renewed: (lagSeconds) => lag.observe(Math.max(lagSeconds, 0)),
    watchRestarted: (kind, why) => restarts.inc({ kind, why }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
