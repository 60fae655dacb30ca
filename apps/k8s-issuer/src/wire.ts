/**
 * Puts the parts together: caches that follow the API server, a queue between them and the share controller,
 * metrics and health around both. The one file that knows all of them.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { parseInstant, type Clock } from '@valetkey/core';
import {
  parseClusterShareStore,
  parseShare,
  parseSharePolicy,
  parseShareStore,
  type ShareOutcome,
} from '@valetkey/share';
import type { Logger } from 'pino';
import type { IssuerOptions } from './config/options.ts';
import { isGuarded } from './controllers/share/admission-guard.ts';
import { createShareHandlers } from './controllers/share/handlers.ts';
import { createKubeShareApi } from './controllers/share/kube-share-api.ts';
import { createReconcile } from './controllers/share/reconcile.ts';
import { createShareCaches, type Namespace, type ShareCaches } from './controllers/share/share-caches.ts';
import { createSigner } from './controllers/share/signer.ts';
import { createKubeClient } from './kube/client.ts';
import { listWatch } from './kube/list-watch.ts';
import { createKubeTransport } from './kube/transport.ts';
import { serveHealth } from './observability/health-server.ts';
import { createMetrics } from './observability/metrics.ts';
import { createController } from './runtime/controller.ts';
import { createManager } from './runtime/manager.ts';
import type { MirrorHandlers } from './runtime/mirror.ts';
import type { ApiObject } from './runtime/object-key.ts';
import type { ObjectStore } from './runtime/object-store.ts';
import { createRateLimitingQueue } from './runtime/rate-limiting-queue.ts';
import { createReflector } from './runtime/reflector.ts';
import { createScheduler } from './runtime/scheduler.ts';
import { wait, type Timers } from './runtime/timer.ts';

const group = '/apis/valetkey.dev/v1alpha1';
const guardRetryMs = 2000;

/** What the process gives to the issuer. */
export interface IssuerParts {
  readonly options: IssuerOptions;
  readonly kubeconfig: KubeConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** A wired issuer. */
export interface Issuer {
  /** Works until `signal` aborts; then lets running visits end. */
  run(signal: AbortSignal): Promise<void>;
}

/** Wires an issuer; nothing runs and nothing is connected before `run`. */
export function wireIssuer(parts: IssuerParts): Issuer {
  const { options, clock, timers, logger, environment } = parts;
  const transport = createKubeTransport({ config: parts.kubeconfig, clock, timers });
  const client = createKubeClient(transport);
  const api = createKubeShareApi(client);
  const caches = createShareCaches();
  const queue = createRateLimitingQueue({ timers });
  const onError = (err: unknown) => logger.error({ err }, 'unexpected error');
  const scheduler = createScheduler({ clock, timers, due: (key) => queue.add(key), onError });
  const metrics = createMetrics({
    queueLength: () => queue.length(),
    secondsToExpiry: () => secondsToFirstExpiry(caches, clock.now()),
    clockSkewSeconds: () => toSeconds(transport.clockSkewMs()),
  });
  const reconcile = createReconcile({
    caches,
    api,
    signer: createSigner({ api, ownNamespace: options.namespace, environment }),
    scheduler,
    clock,
    onOutcome: (outcome) => metrics.issued(outcome.kind, reasonOf(outcome)),
  });
  const controller = createController({
    name: 'share',
    queue,
    timers,
    workers: options.workers,
    reconcile,
    onError: (share, err) => logger.error({ share, err }, 'a visit failed and will be repeated'),
    onVisit: ({ outcome, durationMs }) => metrics.visited(outcome, durationMs),
  });
  const handlers = createShareHandlers(caches, (key) => queue.add(key));
  const reflect = <T extends ApiObject>(
    name: string,
    path: string,
    store: ObjectStore<T>,
    parse: (raw: unknown) => T,
    on: MirrorHandlers<T>,
  ) =>
    createReflector({
      name,
      listWatch: listWatch(transport, path, {
        parse,
        onInvalid: (object, err) => logger.warn({ kind: name, object, err }, 'an object cannot be read'),
      }),
      store,
      handlers: on,
      timers,
      random: parts.random,
      onError: (err) => logger.warn({ kind: name, err }, 'a watch failed and is begun again'),
      onWatchEnd: (why) => metrics.watchRestarted(name, why),
    });
  const reflectors = [
    reflect('namespaces', '/api/v1/namespaces', caches.namespaces, parseNamespace, handlers.namespace),
    reflect('sharepolicies', `${group}/sharepolicies`, caches.policies, parseSharePolicy, handlers.policy),
    reflect('sharestores', `${group}/sharestores`, caches.stores, parseShareStore, handlers.store),
    reflect(
      'clustersharestores',
      `${group}/clustersharestores`,
      caches.clusterStores,
      parseClusterShareStore,
      handlers.store,
    ),
    reflect('shares', `${group}/shares`, caches.shares, parseShare, handlers.share),
  ];
  let guarded = false;
  const manager = createManager({
    reflectors,
    controllers: [controller],
    gate: async (signal) => {
      while (!signal.aborted && !(guarded = await checkGuard())) await wait(timers, guardRetryMs, signal);
    },
  });
  const checkGuard = async (): Promise<boolean> => {
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
  const notReady = () => {
    if (!manager.hasSynced()) return 'caches are being filled';
    return guarded ? undefined : 'the admission policy that guards Secrets was not found';
  };
  return {
    async run(signal) {
      const health =
        options.listen === undefined ? undefined : await serveHealth(options.listen, { notReady, metrics });
      logger.info({ port: health?.port }, 'started');
      try {
        await manager.run(signal);
      } finally {
        scheduler.stop();
        await transport.close();
        await health?.stop();
        logger.info('stopped');
      }
    },
  };
}

function parseNamespace(raw: unknown): Namespace {
  if (typeof raw === 'object' && raw !== null && 'metadata' in raw) {
    const { metadata } = raw;
    if (typeof metadata === 'object' && metadata !== null && 'name' in metadata) return raw as Namespace;
  }
  throw new TypeError('a Namespace without a name');
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
