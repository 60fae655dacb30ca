import { Hono } from 'hono';

import type { Metrics } from './metrics.ts';

/** `/metrics` alone, for a port that callers do not reach. */
export function serveMetrics({ render }: Metrics): Hono {
  const app = new Hono();
  app.get('/metrics', async (c) => {
    const { contentType, text } = await render();
    return c.body(text, 200, { 'content-type': contentType });
  });
  app.notFound((c) => c.text('not found: /metrics is served\n', 404));
  return app;
}
