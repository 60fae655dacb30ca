/**
 * Puts the parts together: caches that follow the API server, a queue between them and the share controller, the
 * election of one replica that writes, metrics and health around all of it. The one file that knows every part.
 */
import { secondsToFirstExpiry } from './controllers/share/first-expiry.ts';
import { createShareHandlers } from './controllers/share/handlers.ts';
import { createKubeShareApi } from './controllers/share/kube-share-api.ts';
import { createShareCaches } from './controllers/share/share-caches.ts';
import { createShareMemory } from './controllers/share/share-memory.ts';
import { createSigner } from './controllers/share/signer.ts';
import { countUnusable } from './controllers/share/unusable-platform.ts';
import type { IssuerParts } from './issuer-parts.ts';
import { createKubeClient, type KubeClient } from './kube/client.ts';
import { createClusterClock, type ClusterClock } from './kube/cluster-clock.ts';
import { createEventWriter } from './kube/event-writer.ts';
import { KubeError } from './kube/kube-error.ts';
import { createLeaseLock } from './kube/lease-lock.ts';
import { isServingCode, outageKindOf } from './kube/outage.ts';
import { createPacing } from './kube/pacing.ts';
import { createKubeTransport, type KubeTransport } from './kube/transport.ts';
import { serveHealth } from './observability/health-server.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { createOutageLog } from './observability/outage-log.ts';
import { createEventRecorder } from './runtime/event-recorder.ts';
import { createElector, type Elector } from './runtime/leader-election.ts';
import { createManager } from './runtime/manager.ts';
import { createTokenBucket } from './runtime/token-bucket.ts';
import { wireCaches } from './wire-caches.ts';
import { createGuard } from './wire-guard.ts';
import { alsoTelling } from './wire-platform.ts';
import { createTerm, type Term } from './wire-term.ts';

/** Above what an API server takes, so that it bounds a fault of ours and nothing else. */
const writes = { perSecond: 1_000, burst: 1_000 };

/** A wired issuer. */
export interface Issuer {
  /**
   * Works until `signal` aborts; then lets running visits end and frees the Lease. `taken` says that another
   * process holds the Lease although this one still believed in itself: it must exit.
   */
  run(signal: AbortSignal): Promise<'stopped' | 'taken'>;
}

/** Wires an issuer; nothing runs and nothing is connected before `run`. */
export function wireIssuer(given: IssuerParts): Issuer {
  const clock = wireClock(given);
  const logger = createOutageLog({ log: given.logger, timers: given.timers, kindOf: outageKindOf });
  const parts: IssuerParts = { ...given, clock, logger };
  const { options, timers, environment, random } = parts;
  const transport = createKubeTransport({
    config: parts.kubeconfig,
    clock: given.clock,
    timers,
    ...(given.doubtsClock ? { onDate: (sample) => clock.observe(sample) } : {}),
    onCall(call) {
      metrics.called(call);
      if (isServingCode(call.code)) logger.answered();
    },
  });
  const elector = wireElector(parts, transport);
  const client = createKubeClient(transport, {
    pacing: createPacing({ timers, random, writes: createTokenBucket({ timers, ...writes }) }),
    mayWrite: () => elector.isLeader(),
  });
  const api = createKubeShareApi(client, () => guard.isPassed());
  const caches = createShareCaches();
  let term: Term | undefined;
  const metrics: Metrics = createMetrics({
    timers,
    workers: options.workers,
    queueLength: () => term?.queue.length() ?? 0,
    isLeader: () => elector.isLeader(),
    leaseName: options.election.leaseName,
    secondsToExpiry: () => secondsToFirstExpiry(caches, clock.now()),
    clockSkewSeconds: () => toSeconds(clock.aheadMs()),
    unusable: () => countUnusable(caches),
    isGuarded: () => guard.isGuarded(),
  });
  const events = wireEvents(parts, client, metrics);
  const signer = createSigner({
    api,
    ownNamespace: options.namespace,
    environment,
    sts: { stsEndpoint: options.sts.endpoint, region: options.sts.region ?? environment['AWS_REGION'] },
    clock,
    elapsedMs: () => timers.elapsedMs(),
  });
  const memory = createShareMemory();
  // A follower only keeps its caches; it looks at every Share when it becomes leader.
  const handlers = alsoTelling(
    createShareHandlers(caches, memory, (key) => term?.queue.add(key)),
    () => term?.platform,
  );
  const guard = createGuard(parts, client, () => {
    for (const key of caches.shares.keys()) term?.queue.add(key);
  });
  const reflectors = wireCaches(
    { caches, handlers, transport, client, timers, random, logger, onWatchEnd: metrics.watchRestarted },
    options.namespaces,
  );
  const isCurrent = () => reflectors.every((reflector) => reflector.isCurrent());
  const { unguarded } = guard;
  const manager = createManager({
    reflectors,
    timers,
    gate: guard.wait,
    elector,
    lead: () => {
      logger.info({ identity: parts.identity }, 'leading');
      memory.clear();
      term = createTerm({
        parts,
        caches,
        memory,
        client,
        api,
        signer,
        metrics,
        events,
        isCurrent,
        unguarded,
      });
      for (const key of caches.shares.keys()) term.queue.add(key);
      return term.controllers;
    },
  });
  const notReady = () => {
    if (!manager.hasSynced()) return 'caches are being filled';
    return guard.isPassed() ? undefined : 'the admission policy that guards Secrets was not found';
  };
  const isLeader = () => elector.isLeader();
  return {
    async run(signal) {
      const { listen } = options;
      const health =
        listen === undefined ? undefined : await serveHealth(listen, { notReady, isLeader, metrics });
      logger.info({ port: health?.port, identity: parts.identity }, 'started');
      const over = new AbortController();
      const recording = events.run(over.signal);
      const guarding = guard.watch(over.signal);
      try {
        const end = await manager.run(signal);
        if (end === 'taken') logger.error({}, 'another process has taken the Lease; this one ends');
        return end;
      } finally {
        over.abort();
        await Promise.all([recording, guarding]);
        await transport.close();
        await health?.stop();
        logger.info({}, 'stopped');
      }
    },
  };
}

function wireClock({ clock, logger }: IssuerParts): ClusterClock {
  return createClusterClock({
    machine: clock,
    onCorrection(ms) {
      const aheadSeconds = Math.round(ms / 1_000);
      if (ms === 0) logger.info({}, "the API server bears this machine's clock out again");
      else
        logger.warn(
          { aheadSeconds },
          "this machine's clock is wrong by the API server's, which is used instead",
        );
    },
  });
}

function wireEvents({ clock, timers, identity, logger }: IssuerParts, client: KubeClient, metrics: Metrics) {
  const suffix = identity.slice(-12);
  return createEventRecorder({
    clock,
    timers,
    toName: ({ regarding }, n) => `${regarding.name.slice(0, 220)}.${suffix}${n.toString(16)}`,
    write: createEventWriter(client, identity),
    onWrite(result, err) {
      metrics.eventWritten(result);
      // Who has lost the Lease may have many left, and whoever leads now tells its own.
      const isOthers = err instanceof KubeError && err.reason === 'NotLeader';
      if (result === 'failed' && !isOthers) logger.warn({ err }, 'an event could not be written');
    },
  });
}

function wireElector(parts: IssuerParts, transport: KubeTransport): Elector {
  const { options, identity, clock, timers, random, logger } = parts;
  const { leaseName: name, ...times } = options.election;
  const onError = (err: unknown) => logger.warn({ err, lease: name }, 'a call about the Lease failed');
  const elector = createElector({
    lock: createLeaseLock({
      transport,
      client: createKubeClient(transport, { pool: 'lease' }),
      namespace: options.namespace,
      name,
      timers,
      random,
      onError,
    }),
    identity,
    times,
    clock,
    timers,
    random,
    onError,
  });
  return {
    ...elector,
    async run(leadership) {
      const end = await elector.run(leadership);
      if (end === 'lost') logger.warn({ lease: name }, 'the Lease was not renewed in time; standing by');
      return end;
    },
  };
}

/** The clock counts how far we are ahead; the metric how far the server is. */
function toSeconds(aheadMs: number | undefined): number | undefined {
  return aheadMs === undefined ? undefined : -aheadMs / 1000;
}
