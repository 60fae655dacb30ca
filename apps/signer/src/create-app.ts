import { ValetkeyError, type Clock, type Subject } from '@valetkey/core';
import {
  createHandler,
  createService,
  type CreateRateCounter,
  type ServiceHooks,
} from '@valetkey/http-handler';
import { problemMediaType, toProblem } from '@valetkey/protocol';
import { Hono } from 'hono';
import type { Logger } from 'pino';

import { createAuthenticate } from './auth/create-authenticate.ts';
import type { Identities } from './auth/identities.ts';
import { serveConsole } from './console-files.ts';
import type { LogFailure } from './failure-log.ts';
import type { Metrics } from './metrics.ts';
import { observeRequests } from './observe-requests.ts';
import type { Settings } from './settings.ts';

/** What the application is given beside its settings; it outlives them. */
export interface AppParts {
  readonly logger: Logger;
  readonly logFailure: LogFailure;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly identities: Identities;
  readonly createRateCounter: CreateRateCounter;
  /** For the service's own calls of stores. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Whether the process is behind. */
  readonly isOverloaded: () => boolean;
  /** Whether new work is taken. */
  readonly isReady: () => boolean;
}

/** The whole application: health, the service, the console; one log line a request, without its query. */
export function createApp(settings: Settings, parts: AppParts): Hono {
  const { server, stores, policies, secrets, receiptKeys } = settings;
  const { clock, identities, logger, metrics, createRateCounter, fetch, isOverloaded, isReady } = parts;
  const cookies = server.auth.flatMap((entry) => (entry.kind === 'jwt' ? (entry.cookie ?? []) : []));
  const names = new Set(policies.map(({ name }) => name));
  const handler = createHandler(
    createService({
      stores,
      policies,
      secrets,
      receiptKeys,
      clock,
      fetch,
      createRateCounter,
      hooks: createHooks(names, parts),
    }),
    {
      authenticate: createAuthenticate(server, { clock, identities, metrics }),
      basePath: server.basePath,
      corsOrigins: server.corsOrigins,
      corsHeaders: server.corsHeaders,
      isOverloaded,
      corsCredentials: cookies.length > 0,
      openApi: { cookies: [...new Set(cookies)], hasHealth: true },
    },
  );
  const base = server.basePath === '/' ? '' : server.basePath;
  const app = new Hono();
  app.use(observeRequests(base, parts));
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (isReady() ? c.text('ok\n') : c.text('stopping\n', 503)));
  app.all(`${base}/v1/*`, (c) => handler(c.req.raw));
  app.get(`${base}/openapi.json`, (c) => handler(c.req.raw));
  if (server.console !== undefined) {
    const storesUsed = [...stores.values()].map(({ store }) => store);
    app.route(base === '' ? '/' : base, serveConsole(server.console, storesUsed));
  }
  app.notFound((c) => handler(c.req.raw));
  app.onError((err, c) => {
    const requestId = crypto.randomUUID();
    metrics.failed('signing-failed');
    logger.error({ err, requestId }, 'failed');
    const headers = { 'content-type': problemMediaType, 'x-request-id': requestId };
    return c.body(JSON.stringify(toProblem('signing-failed', { requestId })), 500, headers);
  });
  return app;
}

function createHooks(names: ReadonlySet<string>, { logger, logFailure, metrics }: AppParts): ServiceHooks {
  // Whoever asks for a policy that is not there makes no label of its name.
  const known = (policy: string) => (names.has(policy) ? policy : 'unknown');
  return {
    onIssued: ({ policy, action, keys, bytes = 0 }) => {
      metrics.issued(known(policy), action, keys.length);
      if (action === 'upload') metrics.declared(known(policy), bytes);
    },
    onDenied: ({ subject, ...refusal }) => {
      metrics.denied(known(refusal.policy), refusal.code);
      logger.warn({ ...refusal, subject: toText(subject) }, 'denied');
    },
    onFailure: (err) => {
      metrics.failed(err instanceof ValetkeyError ? err.code : 'signing-failed');
      logFailure(err, 'failed');
    },
    onUploadComplete: ({ subject, ...upload }) =>
      logger.info({ ...upload, subject: toText(subject) }, 'upload complete'),
  };
}

function toText({ kind, id }: Subject): string {
  return `${kind} ${id}`;
}
