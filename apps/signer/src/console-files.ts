/** The console's built files, on the origin of the service. */
import { serveStatic } from '@hono/node-server/serve-static';
import type { Store } from '@valetkey/core';
import { Hono } from 'hono';

import type { ServerSettings } from './server-schema.ts';

type ConsoleSettings = NonNullable<ServerSettings['console']>;

/** Serves the page, what it is told of this service, and headers that let it do nothing else. */
export function serveConsole(settings: ConsoleSettings, stores: readonly Store[]): Hono {
  const policy = contentSecurityPolicy(stores);
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('content-security-policy', policy);
    c.header('referrer-policy', 'no-referrer');
    c.header('x-content-type-options', 'nosniff');
    c.header('cross-origin-opener-policy', 'same-origin');
    c.header('permissions-policy', 'camera=(), microphone=(), geolocation=()');
    const isNamedByContent = c.req.path.includes('/assets/');
    c.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
  app.get('/console.json', (c) => c.json({ policies: settings.policies }));
  app.get('*', serveStatic({ root: settings.files }));
  return app;
}

function contentSecurityPolicy(stores: readonly Store[]): string {
  const origins = new Set(stores.flatMap(originsOf));
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    ["connect-src 'self'", ...origins].join(' '),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** Where a browser may send an upload: the store itself, and its buckets where they stand in the host. */
function originsOf({ publicEndpoint, addressing }: Store): readonly string[] {
  const { protocol, host, origin } = new URL(publicEndpoint);
  return addressing === 'path' ? [origin] : [origin, `${protocol}//*.${host}`];
}
