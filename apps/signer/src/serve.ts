/** The running service: an application that is made anew when its configuration changes, behind one listener. */
import { lintPolicies, systemClock, type ValetkeyError } from '@valetkey/core';
import { createOverloadWatch } from '@valetkey/http-handler';
import { Hono } from 'hono';
import type { Logger } from 'pino';

import { createIdentities } from './auth/identities.ts';
import { createApp, type AppParts } from './create-app.ts';
import { createFailureLog } from './failure-log.ts';
import { listen } from './listen.ts';
import { followSettings } from './live-settings.ts';
import { createMetrics } from './metrics.ts';
import { createRateCounters } from './rate-counters.ts';
import { serveMetrics } from './serve-metrics.ts';
import type { Settings } from './settings.ts';
import { connectCounters } from './shared-counters.ts';
import { createStoreFetch } from './store-fetch.ts';

/** A service that answers. */
export interface Serving {
  /** Reads the configuration again. */
  readonly reload: () => Promise<void>;
  /**
   * Says that it is not ready while it still serves, for a few seconds or until `hurried`; then takes no more, finishes
   * what is in flight, and ends within ten seconds of the call.
   */
  readonly stop: (hurried: Promise<unknown>) => Promise<void>;
}

/** Whoever sends work here looks at `/readyz`, or is told by somebody who does. */
const announceMs = 3000;

/** Where settings come from. */
export interface ServeOptions {
  readonly file: string;
  readonly load: () => Promise<Settings>;
  readonly logger: Logger;
}

/**
 * Serves until it is stopped.
 * @throws ValetkeyError as `load` and `listen`
 */
export async function serve({ file, load, logger }: ServeOptions): Promise<Serving> {
  const settings = await load();
  const { server } = settings;
  const metrics = createMetrics();
  const logFailure = createFailureLog(logger);
  const shared =
    settings.redis === undefined ? undefined : connectCounters(settings.redis, { logger, metrics });
  let isReady = true;
  const parts: AppParts = {
    logger,
    logFailure,
    metrics,
    clock: systemClock,
    identities: createIdentities({
      clock: systemClock,
      fetch: (url, init) => fetch(url, init),
      onFailure: (err: ValetkeyError) => {
        metrics.failed(err.code);
        logFailure(err, 'keys of the issuer');
      },
    }),
    createRateCounter: createRateCounters({ metrics, shared: shared?.create }),
    fetch: createStoreFetch(metrics),
    isOverloaded: createOverloadWatch(),
    isReady: () => isReady,
  };
  let app = new Hono();
  const live = await followSettings(file, {
    load,
    apply: (next) => {
      app = createApp(next, parts);
      warnOfFixed(server, next.server, logger);
      for (const warning of lintPolicies(next.policies)) logger.warn(warning, 'policy');
    },
    onApplied: () => {
      metrics.reloaded('applied');
      logger.info('configuration applied');
    },
    onRefused: (err) => {
      metrics.reloaded('refused');
      logger.error({ err }, 'configuration refused, the last good one stays');
    },
  });
  // Nobody is counted alone for want of a moment.
  await shared?.connected;
  const onFailure = (err: unknown, requestId: string) => {
    metrics.failed('signing-failed');
    logger.error({ err, requestId }, 'failed');
  };
  const answer = async (request: Request) => {
    const response = await app.fetch(request);
    // The next request of that caller goes to somebody else.
    if (!isReady) response.headers.set('connection', 'close');
    return response;
  };
  const service = await listen(answer, server.listen, onFailure);
  const metricsApp = serveMetrics(metrics);
  const forMetrics =
    server.metrics === undefined
      ? undefined
      : await listen((request) => metricsApp.fetch(request), server.metrics.listen, onFailure);
  logger.info({ origin: service.origin, metrics: forMetrics?.origin }, 'listening');
  return {
    reload: live.reload,
    stop: async (hurried) => {
      isReady = false;
      logger.info('stopping');
      live.stop();
      logger.info({ hurried: await isFirst(hurried, announceMs) }, 'closing');
      await Promise.all([service.stop(), forMetrics?.stop()]);
      shared?.close();
    },
  };
}

/** What is fixed at the start. */
function warnOfFixed(now: Settings['server'], next: Settings['server'], logger: Logger): void {
  for (const field of ['listen', 'metrics', 'rateLimits'] as const) {
    if (JSON.stringify(now[field]) === JSON.stringify(next[field])) continue;
    logger.warn({ field: `server.${field}` }, 'takes effect at the next start');
  }
}

/** Whether it settles before the time is over. */
async function isFirst(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const first = await Promise.race([promise.then(() => true), over]);
  clearTimeout(timer);
  return first;
}
