import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One answered request. */
interface AnsweredRequest {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** The problem's code, or `none`. */
  readonly code: string;
  readonly seconds: number;
}

/** What the service counts. No label holds what a caller made up, and none a key of an object. */
export interface Metrics {
  /** A request came; the function it gives is called when it is answered. */
  readonly began: () => () => void;
  readonly answered: (request: AnsweredRequest) => void;
  readonly authenticated: (caller: {
    readonly kind: string;
    readonly result: 'accepted' | 'refused' | 'failed';
    readonly seconds: number;
  }) => void;
  readonly issued: (policy: string, action: string, count: number) => void;
  readonly declared: (policy: string, bytes: number) => void;
  readonly denied: (policy: string, code: string) => void;
  readonly rateLimited: (policy: string, limit: string) => void;
  readonly countedAlone: () => void;
  /** Whether this replica counts alone what it should count with the others. */
  readonly countsAlone: (isAlone: boolean) => void;
  readonly reloaded: (result: 'applied' | 'refused') => void;
  readonly storeCalled: (call: {
    readonly method: string;
    readonly status: string;
    readonly seconds: number;
  }) => void;
  readonly failed: (code: string) => void;
  /** Text in Prometheus' exposition format. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Creates a registry with everything that `docs/reference/signer-metrics.md` lists, and Node's own metrics. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `valetkey_signer_${name}`, help, labelNames, registers });
  const requests = counter('requests_total', 'Requests answered', ['route', 'method', 'status', 'code']);
  const durations = new Histogram({
    name: 'valetkey_signer_request_duration_seconds',
    help: 'Time until a request was answered',
    labelNames: ['route'],
    buckets: seconds,
    registers,
  });
  const inFlight = new Gauge({
    name: 'valetkey_signer_requests_in_flight',
    help: 'Requests that have come and are not answered yet',
    registers,
  });
  const callers = counter('authentications_total', 'Requests whose caller was asked for', ['kind', 'result']);
  const callerDurations = new Histogram({
    name: 'valetkey_signer_authentication_duration_seconds',
    help: 'Time until it was known who asks',
    labelNames: ['kind'],
    buckets: seconds,
    registers,
  });
  const urls = counter('urls_issued_total', 'Grants handed out as URLs', ['policy', 'action']);
  const bytes = counter('upload_declared_bytes_total', 'Bytes that begun uploads declared', ['policy']);
  const denials = counter('denials_total', 'Refusals by a policy', ['policy', 'code']);
  const limited = counter('rate_limited_total', 'Refusals by a rate limit', ['policy', 'limit']);
  const alone = counter('rate_limit_fallbacks_total', 'Counts made by this replica alone', []);
  const isAlone = new Gauge({
    name: 'valetkey_signer_rate_limits_alone',
    help: '1 while this replica counts rate limits alone because the shared counter is away',
    registers,
  });
  const reloads = counter('configuration_reloads_total', 'Configurations read while serving', ['result']);
  const current = new Gauge({
    name: 'valetkey_signer_configuration_current',
    help: '1 while the configuration file is the one in force, 0 while the last good one stays instead',
    registers,
  });
  current.set(1);
  const calls = counter('store_calls_total', 'Calls of stores', ['method', 'status']);
  const callDurations = new Histogram({
    name: 'valetkey_signer_store_call_duration_seconds',
    help: 'Time until a store answered',
    buckets: seconds,
    registers,
  });
  const failures = counter('failures_total', 'What the operator has to look at', ['code']);
  return {
    began: () => {
      inFlight.inc();
      return () => inFlight.dec();
    },
    authenticated: ({ seconds: taken, kind, result }) => {
      callers.inc({ kind, result });
      callerDurations.observe({ kind }, taken);
    },
    answered: ({ seconds: taken, status, ...labels }) => {
      requests.inc({ ...labels, status: String(status) });
      durations.observe({ route: labels.route }, taken);
    },
    issued: (policy, action, count) => urls.inc({ policy, action }, count),
    declared: (policy, count) => bytes.inc({ policy }, count),
    denied: (policy, code) => denials.inc({ policy, code }),
    rateLimited: (policy, limit) => limited.inc({ policy, limit }),
    countedAlone: () => alone.inc(),
    countsAlone: (is) => isAlone.set(is ? 1 : 0),
    reloaded: (result) => {
      reloads.inc({ result });
      current.set(result === 'applied' ? 1 : 0);
    },
    storeCalled: ({ seconds: taken, ...labels }) => {
      calls.inc(labels);
      callDurations.observe(taken);
    },
    failed: (code) => failures.inc({ code }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
