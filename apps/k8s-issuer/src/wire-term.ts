/**
 * What a leader works with, made anew for each term.
 */
import { parseInstant } from '@valetkey/core';
import type { Share } from '@valetkey/share';

import { createReconcile } from './controllers/share/reconcile.ts';
import type { ShareApi } from './controllers/share/share-api.ts';
import type { ShareCaches } from './controllers/share/share-caches.ts';
import type { Signer } from './controllers/share/signer.ts';
import type { IssuerParts } from './issuer-parts.ts';
import { KubeError } from './kube/kube-error.ts';
import type { Metrics } from './observability/metrics.ts';
import { createController, type Controller } from './runtime/controller.ts';
import type { EventRecorder } from './runtime/event-recorder.ts';
import type { Priority } from './runtime/fair-lanes.ts';
import { createRateLimitingQueue, type RateLimitingQueue } from './runtime/rate-limiting-queue.ts';
import { createScheduler } from './runtime/scheduler.ts';
import { createOutcomeListener } from './share-outcomes.ts';

/** The client holds calls back while the server is away; this only keeps a visit from spinning. */
const outageRetryMs = 1_000;

/** What one term of leadership works with. */
export interface Term {
  readonly queue: RateLimitingQueue;
  /** Its shutdown ends everything of the term. */
  readonly controller: Controller;
}

/** Makes the queue, the scheduler and the controller of one term; nothing of an earlier one gets in. */
export function createTerm(given: {
  readonly parts: IssuerParts;
  readonly caches: ShareCaches;
  readonly api: ShareApi;
  readonly signer: Signer;
  readonly metrics: Metrics;
  readonly events: EventRecorder;
}): Term {
  const { parts, caches, api, signer, metrics, events } = given;
  const { clock, timers, logger } = parts;
  const queue = createRateLimitingQueue({
    timers,
    priorityOf: (key) => toPriority(caches.shares.get(key), clock.now()),
    observer: metrics.queue,
  });
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
      onOutcome: createOutcomeListener({ metrics, events, clock }),
    }),
    retryAfterMs: retryAfterOutageMs,
    onError: (share, err) => logger.error({ share, err }, 'a visit failed and will be repeated'),
    onVisit: ({ outcome, durationMs }) => metrics.visited(outcome, durationMs),
  });
  const shutDown = (): void => {
    controller.shutDown();
    scheduler.stop();
  };
  return { queue, controller: { ...controller, shutDown } };
}

/** Whoever has no valid URL comes first, then whoever's ends first. */
function toPriority(share: Share | undefined, nowMs: number): Priority {
  const expirationTime = share?.status?.expirationTime;
  const expiresMs = expirationTime === undefined ? 0 : parseInstant(expirationTime, 'expirationTime');
  return { isUrgent: expiresMs <= nowMs, deadlineMs: expiresMs };
}

/** An API server that is away, or that is somebody else's to write to, says nothing about the Share. */
function retryAfterOutageMs(error: unknown): number | 'never' | undefined {
  if (!(error instanceof KubeError)) return undefined;
  if (error.reason === 'NotLeader') return 'never';
  const isOutage = error.reason === 'ConnectionFailed' || error.reason === 'DeadlineExceeded';
  return isOutage || [429, 503, 504].includes(error.status) ? outageRetryMs : undefined;
}
