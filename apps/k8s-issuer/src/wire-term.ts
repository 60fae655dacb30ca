/**
 * What a leader works with, made anew for each term.
 */
import { longestBackOffMs } from '@valetkey/share';

import { createDriftProbe } from './controllers/share/drift-probe.ts';
import { createPacedChecks } from './controllers/share/paced-checks.ts';
import { createReconcile } from './controllers/share/reconcile.ts';
import type { ShareApi } from './controllers/share/share-api.ts';
import type { ShareCaches } from './controllers/share/share-caches.ts';
import type { ShareMemory } from './controllers/share/share-memory.ts';
import type { Signer } from './controllers/share/signer.ts';
import { createVisitPriority, leftMs } from './controllers/share/visit-priority.ts';
import type { IssuerParts } from './issuer-parts.ts';
import type { KubeClient } from './kube/client.ts';
import { KubeError } from './kube/kube-error.ts';
import { isOutage } from './kube/outage.ts';
import type { Metrics } from './observability/metrics.ts';
import { createController, type Controller } from './runtime/controller.ts';
import type { EventRecorder } from './runtime/event-recorder.ts';
import { createRateLimitingQueue, type RateLimitingQueue } from './runtime/rate-limiting-queue.ts';
import { createScheduler } from './runtime/scheduler.ts';
import { createOutcomeListener } from './share-outcomes.ts';
import { createPlatform, type Platform } from './wire-platform.ts';

/** The client holds calls back while the server is away; this only keeps a visit from spinning. */
const outageRetryMs = 1_000;

/** What one term of leadership works with. */
export interface Term {
  readonly queue: RateLimitingQueue;
  /** Their shutdown ends everything of the term. */
  readonly controllers: readonly Controller[];
  readonly platform: Platform;
}

/** Makes the queue, the scheduler and the controller of one term; nothing of an earlier one gets in. */
export function createTerm(given: {
  readonly parts: IssuerParts;
  readonly caches: ShareCaches;
  readonly memory: ShareMemory;
  readonly client: KubeClient;
  readonly api: ShareApi;
  readonly signer: Signer;
  readonly metrics: Metrics;
  readonly events: EventRecorder;
  readonly isCurrent: () => boolean;
  readonly unguarded: () => 'allowed' | 'lost' | undefined;
}): Term {
  const { parts, caches, memory, client, api, signer, metrics, events, isCurrent, unguarded } = given;
  const { clock, timers, logger } = parts;
  const queue = createRateLimitingQueue({
    timers,
    priorityOf: createVisitPriority({ caches, memory, clock }),
    observer: metrics.queue,
  });
  const scheduler = createScheduler({
    clock,
    timers,
    due: (key) => queue.add(key),
    onError: (err) => logger.error({ err }, 'unexpected error'),
  });
  const looking = {
    caches,
    memory,
    api,
    timers,
    add: (key: string) => queue.add(key),
    onProbe: metrics.probed,
  };
  const checks = createPacedChecks({
    ...looking,
    random: parts.random,
    unguarded,
    retryAfterMs: retryAfterOutageMs,
    onError: (share, err) => logger.warn({ share, err }, 'a Secret could not be checked'),
  });
  const controller = createController({
    name: 'share',
    queue,
    timers,
    workers: parts.options.workers,
    reconcile: createReconcile({
      caches,
      memory,
      api,
      signer,
      scheduler,
      clock,
      random: parts.random,
      isCurrent,
      othersWait: () => queue.length() > 0,
      unguarded,
      check: checks.add,
      deletesEnded: parts.options.deleteEndedShares,
      onOutcome: createOutcomeListener({ metrics, events, clock }),
    }),
    retryAfterMs: retryAfterOutageMs,
    longestBackOffMs: (key) => longestBackOffMs(leftMs(caches.shares.get(key), clock.now())),
    onError: (share, err) => logger.error({ share, err }, 'a visit failed and will be repeated'),
    onVisit: ({ outcome, durationMs }) => metrics.visited(outcome, durationMs),
  });
  const probe = createDriftProbe({
    ...looking,
    clock,
    onError: (share, err) => logger.warn({ share, err }, 'a Secret could not be probed'),
  });
  const platform = createPlatform({
    parts,
    caches,
    client,
    signer,
    retryAfterMs: retryAfterOutageMs,
    add: (key) => queue.add(key),
  });
  const shutDown = (): void => {
    controller.shutDown();
    scheduler.stop();
  };
  const controllers = [{ ...controller, shutDown }, checks, probe, ...platform.controllers];
  return { queue, controllers, platform };
}

/** An API server that is away, or that is somebody else's to write to, says nothing about the Share. */
function retryAfterOutageMs(error: unknown): number | 'never' | undefined {
  if (!(error instanceof KubeError)) return undefined;
  if (error.reason === 'NotLeader') return 'never';
  return isOutage(error) ? outageRetryMs : undefined;
}
