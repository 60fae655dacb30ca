import { quote, ValetkeyError, type Subject } from '@valetkey/core';
import { problemMediaType, routes, toOpenApi, type Route } from '@valetkey/protocol';
import { Hono, type Context } from 'hono';
import type { z } from 'zod';

import { addCors, answerPreflight, isPreflight, type CorsTerms } from './cors.ts';
import { RateLimited } from './rate-limits.ts';
import { parseWith, readBody } from './read-body.ts';
import type { Service } from './service.ts';
import { toHex } from './service-keys.ts';
import { describeError } from './to-problem.ts';

/**
 * How the service is mounted.
 * @public
 */
export interface HandlerOptions {
  /**
   * Who asks. Undefined refuses the request; anonymous callers are a subject of their own, for policies that
   * list them.
   */
  readonly authenticate: (request: Request) => Promise<Subject | undefined> | Subject | undefined;
  /** Path in front of `/v1`. @default '/' */
  readonly basePath?: string;
  /** Origins of pages that may read answers, such as `https://app.example.com`. @default none but its own */
  readonly corsOrigins?: readonly string[];
  /** Whether those pages may send cookies along, for an `authenticate` that reads one. @default false */
  readonly corsCredentials?: boolean;
  /** Requests worked on at the same time; more are told to come back, so that those in hand stay fast. @default 512 */
  readonly maxInFlight?: number;
}

const usualInFlight = 512;
const overloadRetryMs = 1000;

type Env = { Bindings: { requestId: string } };

/**
 * The service behind the fetch standard's `Request` and `Response`: mount it in Hono, Next, Workers, Deno, Bun
 * or Node. It never rejects; every refusal is a problem (RFC 9457).
 * @public
 */
export function createHandler(
  service: Service,
  {
    authenticate,
    basePath = '/',
    corsOrigins = [],
    corsCredentials = false,
    maxInFlight = usualInFlight,
  }: HandlerOptions,
): (request: Request) => Promise<Response> {
  const cors = { origins: new Set(corsOrigins), credentials: corsCredentials };
  const app = new Hono<Env>().basePath(basePath);

  const subjectOf = async (request: Request): Promise<Subject> => {
    const subject = await authenticate(request);
    if (subject === undefined) throw new ValetkeyError('unauthenticated');
    return subject;
  };
  const post = <Body extends z.ZodType>(
    { path, body }: Route & { readonly body: Body },
    answer: (subject: Subject, body: z.output<Body>, call: { requestId: string }) => Promise<object>,
  ) => {
    app.post(path, async (c) => {
      // The body first: what cannot be read is refused whoever sends it, and costs no look-up.
      const read = await readBody(c.req.raw, body);
      return c.json(await answer(await subjectOf(c.req.raw), read, { requestId: c.env.requestId }));
    });
  };

  app.get('/openapi.json', (c) => c.json(toOpenApi()));
  app.get('/v1/policies/:policy', async (c) => {
    const limits = await service.limits(await subjectOf(c.req.raw), c.req.param('policy'));
    return withEtag(c.req.raw, JSON.stringify(limits));
  });
  app.get(routes.list.path, async (c) => {
    const query = parseWith(routes.list.query, c.req.query(), 'query');
    return c.json(await service.list(await subjectOf(c.req.raw), query));
  });
  app.get('/v1/objects/:policy/:key{.+}', async (c) => {
    const method = c.req.method === 'HEAD' ? 'HEAD' : 'GET';
    const asked = { policy: c.req.param('policy'), key: c.req.param('key'), method } as const;
    const { location, maxAgeSeconds } = await service.redirectToObject(await subjectOf(c.req.raw), asked);
    if (maxAgeSeconds > 0) c.header('cache-control', `private, max-age=${maxAgeSeconds}`);
    return c.redirect(location, 302);
  });
  post(routes.downloads, service.downloads);
  post(routes.uploads, service.beginUploads);
  post(routes.parts, service.partRequests);
  post(routes.sign, service.signUploads);
  post(routes.status, service.uploadStatus);
  post(routes.complete, service.completeUploads);
  post(routes.abort, service.abortUploads);

  for (const [path, methods] of methodsByPath()) {
    app.all(path, (c) => toProblemResponse(wrongMethod(c.req.method, methods), c.env.requestId, methods));
  }
  app.notFound((c) => toErrorResponse(c, new ValetkeyError('not-found')));
  app.onError((error, c) => toErrorResponse(c, error));

  async function toErrorResponse(c: Context<Env>, error: unknown): Promise<Response> {
    const { isFailure } = describeError(error, c.env.requestId);
    if (isFailure) await service.onFailure(error);
    return toProblemResponse(error, c.env.requestId);
  }

  let inFlight = 0;
  return async function handle(request: Request): Promise<Response> {
    if (isPreflight(request)) return answerPreflight(request, cors);
    const requestId = crypto.randomUUID();
    inFlight += 1;
    try {
      const response =
        inFlight > maxInFlight
          ? toProblemResponse(new RateLimited(overloadRetryMs), requestId)
          : await app.fetch(request, { requestId });
      return withManners(response, request, { requestId, cors });
    } finally {
      inFlight -= 1;
    }
  };
}

function toProblemResponse(error: unknown, requestId: string, allowed?: readonly string[]): Response {
  const { problem } = describeError(error, requestId);
  const headers = new Headers({ 'content-type': problemMediaType });
  if (problem.retryAfterMs !== undefined) {
    headers.set('retry-after', String(Math.ceil(problem.retryAfterMs / 1000)));
  }
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer');
  if (allowed !== undefined) headers.set('allow', allowed.join(', '));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** What is served at each path. HEAD goes where GET does: RFC 9110, section 9.3.2. */
function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const paths = new Map([['/openapi.json', ['GET', 'HEAD']]]);
  for (const { path, method } of Object.values<Route>(routes)) {
    const pattern = path.replace('{policy}', ':policy').replace('{key}', ':key{.+}');
    paths.set(pattern, [...(paths.get(pattern) ?? []), ...(method === 'get' ? ['GET', 'HEAD'] : ['POST'])]);
  }
  return paths;
}

/** RFC 9110, section 15.5.6. */
function wrongMethod(method: string, methods: readonly string[]): ValetkeyError {
  return new ValetkeyError('method-not-allowed', {
    field: 'method',
    expected: methods.join(' or '),
    got: quote(method),
  });
}

/** What every answer carries: nobody keeps it, nobody guesses its type, nobody sends its address on. */
function withManners(
  response: Response,
  request: Request,
  { requestId, cors }: { readonly requestId: string; readonly cors: CorsTerms },
): Response {
  // In place: every answer is made here, and a copy would turn its body into a stream.
  const { headers } = response;
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-request-id', requestId);
  addCors(headers, request, cors);
  return response;
}

/** RFC 9110, section 8.8.3. */
async function withEtag(request: Request, body: string): Promise<Response> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
  const etag = `"${toHex(new Uint8Array(digest).subarray(0, 12))}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(body, { headers: { ...headers, 'content-type': 'application/json' } });
}
