import type { Clock } from '@valetkey/core';
import { problemMediaType } from '@valetkey/protocol';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import { z } from 'zod';

import type { Metrics } from './metrics.ts';
import { routeOf } from './route-of.ts';
import { traceRequest } from './tracing.ts';

const coded = z.object({ code: z.string() });

/** One span, one log line and one count for each request. None of them holds its query, its headers or its body. */
export function observeRequests(
  base: string,
  { logger, metrics, clock }: { readonly logger: Logger; readonly metrics: Metrics; readonly clock: Clock },
): MiddlewareHandler {
  return async (c, next) => {
    const startedMs = clock.now();
    const { method, path } = c.req;
    const route = routeOf(path, base);
    const ended = metrics.began();
    const traceId = await traceRequest(c.req.raw, route, async () => {
      await next();
      return c.res.status;
    }).finally(ended);
    const { status, headers } = c.res;
    const code = await codeOf(c.res);
    const ms = clock.now() - startedMs;
    metrics.answered({ route, method: methodOf(method), status, code: code ?? 'none', seconds: ms / 1000 });
    const isHealth = route === '/livez' || route === '/readyz';
    const requestId = headers.get('x-request-id') ?? undefined;
    logger[isHealth ? 'debug' : 'info']({ method, path, status, ms, requestId, code, traceId }, 'request');
  };
}

/** A method that nobody knows makes no label. */
function methodOf(method: string): string {
  return ['GET', 'HEAD', 'POST', 'OPTIONS'].includes(method) ? method : 'other';
}

async function codeOf(response: Response): Promise<string | undefined> {
  if (response.headers.get('content-type') !== problemMediaType) return undefined;
  const text = await response.clone().text();
  // An answer to HEAD has none.
  if (text === '') return undefined;
  const problem = coded.safeParse(JSON.parse(text));
  return problem.success ? problem.data.code : undefined;
}
