import type { Clock } from '@valetkey/core';
import { createHandler, createOverloadWatch, createService } from '@valetkey/http-handler';
import { Hono } from 'hono';
import type { Logger } from 'pino';

import { createAuthenticate } from './auth/create-authenticate.ts';
import type { Identities } from './auth/identities.ts';
import { serveConsole } from './console-files.ts';
import type { Settings } from './settings.ts';

/** What the application is given beside its settings. */
export interface AppParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly identities: Identities;
  /** Whether new work is taken. */
  readonly isReady: () => boolean;
}

/** The whole application: health, the service, the console; one log line a request, without its query. */
export function createApp(settings: Settings, { logger, clock, identities, isReady }: AppParts): Hono {
  const { server, stores, policies, secrets } = settings;
  const handler = createHandler(
    createService({
      stores,
      policies,
      secrets,
      clock,
      hooks: {
        onDenied: ({ subject, ...refusal }) =>
          logger.warn({ ...refusal, subject: `${subject.kind} ${subject.id}` }, 'denied'),
        onFailure: (err) => logger.error({ err }, 'failed'),
        onUploadComplete: ({ subject, ...upload }) =>
          logger.info({ ...upload, subject: `${subject.kind} ${subject.id}` }, 'upload complete'),
      },
    }),
    {
      authenticate: createAuthenticate(server, { clock, identities }),
      basePath: server.basePath,
      corsOrigins: server.corsOrigins,
      isOverloaded: createOverloadWatch(),
      corsCredentials: server.auth.some((entry) => entry.kind === 'jwt' && entry.cookie !== undefined),
    },
  );
  const base = server.basePath === '/' ? '' : server.basePath;
  const app = new Hono();
  app.use(async (c, next) => {
    const startedMs = clock.now();
    await next();
    const { method, path } = c.req;
    const requestId = c.res.headers.get('x-request-id') ?? undefined;
    const level = path.endsWith('/livez') || path.endsWith('/readyz') ? 'debug' : 'info';
    logger[level]({ method, path, status: c.res.status, ms: clock.now() - startedMs, requestId }, 'request');
  });
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (isReady() ? c.text('ok\n') : c.text('stopping\n', 503)));
  app.all(`${base}/v1/*`, (c) => handler(c.req.raw));
  app.get(`${base}/openapi.json`, (c) => handler(c.req.raw));
  if (server.console !== undefined) {
    const storesUsed = [...stores.values()].map(({ store }) => store);
    app.route(base === '' ? '/' : base, serveConsole(server.console, storesUsed));
  }
  app.notFound((c) => handler(c.req.raw));
  return app;
}
