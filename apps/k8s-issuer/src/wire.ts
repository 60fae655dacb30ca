/**
 * Puts the parts together: caches that follow the API server, a queue between them and the share controller, the
 * election of one replica that writes, metrics and health around all of it. The one file that knows every part.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { parseInstant, type Clock } from '@valetkey/core';
import type { ShareOutcome } from '@valetkey/share';
import type { Logger } from 'pino';
import type { IssuerOptions } from './config/options.ts';
import { isGuarded } from './controllers/share/admission-guard.ts';
import { createShareHandlers } from './controllers/share/handlers.ts';
import { createKubeShareApi } from './controllers/share/kube-share-api.ts';
import { createReconcile } from './controllers/share/reconcile.ts';
import { createShareCaches, type ShareCaches } from './controllers/share/share-caches.ts';
import type { ShareApi } from './controllers/share/share-api.ts';
import { createSigner, type Signer } from './controllers/share/signer.ts';
import { createKubeClient, type KubeClient } from './kube/client.ts';
import { createLeaseLock } from './kube/lease-lock.ts';
import { createPacing } from './kube/pacing.ts';
import { createKubeTransport, type KubeTransport } from './kube/transport.ts';
import { serveHealth } from './observability/health-server.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { createController, type Controller } from './runtime/controller.ts';
import { createElector, type Elector } from './runtime/leader-election.ts';
import { createManager } from './runtime/manager.ts';
import { createRateLimitingQueue, type RateLimitingQueue } from './runtime/rate-limiting-queue.ts';
import { createScheduler } from './runtime/scheduler.ts';
import { wait, type Timers } from './runtime/timer.ts';
import { createTokenBucket } from './runtime/token-bucket.ts';
import { wireCaches } from './wire-caches.ts';

const guardRetryMs = 2000;
/** Above what an API server takes, so that it bounds a fault of ours and nothing else. */
const writes = { perSecond: 1_000, burst: 1_000 };

/** What the process gives to the issuer. */
export interface IssuerParts {
  readonly options: IssuerOptions;
  readonly kubeconfig: KubeConfig;
  /** Unique to this process. */
  readonly identity: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** A wired issuer. */
export interface Issuer {
  /**
   * Works until `signal` aborts; then lets running visits end and frees the Lease. `taken` says that another
   * process holds the Lease although this one still believed in itself: it must exit.
   */
  run(signal: AbortSignal): Promise<'stopped' | 'taken'>;
}

/** Wires an issuer; nothing runs and nothing is connected before `run`. */
export function wireIssuer(parts: IssuerParts): Issuer {
  const { options, clock, timers, logger, environment, random } = parts;
  const transport = createKubeTransport({ config: parts.kubeconfig, clock, timers });
  const elector = wireElector(parts, transport);
  const client = createKubeClient(transport, {
    pacing: createPacing({ timers, random, writes: createTokenBucket({ timers, ...writes }) }),
    mayWrite: () => elector.isLeader(),
  });
  const api = createKubeShareApi(client);
  const caches = createShareCaches();
  let term: Term | undefined;
  const metrics = createMetrics({
    queueLength: () => term?.queue.length() ?? 0,
    isLeader: () => elector.isLeader(),
    leaseName: options.election.leaseName,
    secondsToExpiry: () => secondsToFirstExpiry(caches, clock.now()),
    clockSkewSeconds: () => toSeconds(transport.clockSkewMs()),
  });
  const signer = createSigner({ api, ownNamespace: options.namespace, environment });
  // A follower only keeps its caches; it looks at every Share when it becomes leader.
  const handlers = createShareHandlers(caches, (key) => term?.queue.add(key));
  const guard = createGuard(parts, client);
  const manager = createManager({
    reflectors: wireCaches(
      { caches, handlers, transport, client, timers, random, logger, onWatchEnd: metrics.watchRestarted },
      options.namespaces,
    ),
    timers,
    gate: guard.wait,
    elector,
    lead: () => {
      logger.info({ identity: parts.identity }, 'leading');
      term?.stop();
      term = createTerm({ parts, caches, api, signer, metrics });
      for (const key of caches.shares.keys()) term.queue.add(key);
      return [term.controller];
    },
  });
  const notReady = () => {
    if (!manager.hasSynced()) return 'caches are being filled';
    return guard.isClosed() ? undefined : 'the admission policy that guards Secrets was not found';
  };
  const isLeader = () => elector.isLeader();
  return {
    async run(signal) {
      const { listen } = options;
      const health =
        listen === undefined ? undefined : await serveHealth(listen, { notReady, isLeader, metrics });
      logger.info({ port: health?.port, identity: parts.identity }, 'started');
      try {
        const end = await manager.run(signal);
        if (end === 'taken') logger.error('another process has taken the Lease; this one ends');
        return end;
      } finally {
        term?.stop();
        await transport.close();
        await health?.stop();
        logger.info('stopped');
      }
    },
  };
}

/** What one term of leadership works with. */
interface Term {
  readonly queue: RateLimitingQueue;
  readonly controller: Controller;
  readonly stop: () => void;
}

function createTerm(given: {
  readonly parts: IssuerParts;
  readonly caches: ShareCaches;
  readonly api: ShareApi;
  readonly signer: Signer;
  readonly metrics: Metrics;
}): Term {
  const { parts, caches, api, signer, metrics } = given;
  const { clock, timers, logger } = parts;
  const queue = createRateLimitingQueue({ timers });
  const scheduler = createScheduler({
    clock,
    timers,
    due: (key) => queue.add(key),
    onError: (err) => logger.error({ err }, 'unexpected error'),
  });
  const controller = createController({
    name: 'share',
    queue,
    timers,
    workers: parts.options.workers,
    reconcile: createReconcile({
      caches,
      api,
      signer,
      scheduler,
      clock,
      onOutcome: (outcome) => metrics.issued(outcome.kind, reasonOf(outcome)),
    }),
    onError: (share, err) => logger.error({ share, err }, 'a visit failed and will be repeated'),
    onVisit: ({ outcome, durationMs }) => metrics.visited(outcome, durationMs),
  });
  return { queue, controller, stop: () => scheduler.stop() };
}

function wireElector(parts: IssuerParts, transport: KubeTransport): Elector {
  const { options, identity, clock, timers, random, logger } = parts;
  const { leaseName: name, ...times } = options.election;
  const onError = (err: unknown) => logger.warn({ err, lease: name }, 'a call about the Lease failed');
  return createElector({
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
}

/** Nothing is written before the admission policy was seen to refuse what it must. */
function createGuard({ options, timers, logger }: IssuerParts, client: KubeClient) {
  let isClosed = false;
  const check = async (): Promise<boolean> => {
    try {
      if (await isGuarded(client, options.namespace)) return true;
      logger.error(
        'the ValidatingAdmissionPolicy valetkey-issuer-secrets does not guard Secrets; apply infra/kustomize/base',
      );
    } catch (err) {
      logger.error({ err }, 'it cannot be told whether the admission policy guards Secrets');
    }
    return false;
  };
  return {
    isClosed: () => isClosed,
    wait: async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && !(isClosed = await check())) await wait(timers, guardRetryMs, signal);
    },
  };
}

function reasonOf(outcome: ShareOutcome): string {
  return outcome.kind === 'denied' || outcome.kind === 'failed' ? outcome.finding.reason : '';
}

function secondsToFirstExpiry({ shares }: ShareCaches, nowMs: number): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { status } of shares.values()) {
    if (status?.expirationTime !== undefined) {
      first = Math.min(first, parseInstant(status.expirationTime, 'expirationTime'));
    }
  }
  return first === Number.POSITIVE_INFINITY ? undefined : (first - nowMs) / 1000;
}

/** The transport counts how far we are ahead; the metric how far the server is. */
function toSeconds(aheadMs: number | undefined): number | undefined {
  return aheadMs === undefined ? undefined : -aheadMs / 1000;
}
