import { quote, ValetkeyError, type Subject } from '@valetkey/core';
import {
  problemMediaType,
  routes,
  toOpenApi,
  toProblem,
  type OpenApiTerms,
  type Problem,
  type Route,
} from '@valetkey/protocol';
import type { z } from 'zod';

import { createSubjectOf } from './ask-who.ts';
import { answerPreflight, corsHeaders, isPreflight } from './cors.ts';
import type { Answer, Asked, Respond } from './exchange.ts';
import { fromRequest, toResponse } from './fetch-exchange.ts';
import { createBodyRoom, parseWith, readBody } from './read-body.ts';
import { createRouteTable, type RouteEntry } from './route-table.ts';
import type { Service } from './service.ts';
import { toHex } from './service-keys.ts';
import { createSlots, type Slots } from './slots.ts';
import { describeError } from './to-problem.ts';
import type { WaitingRoom } from './waiting-room.ts';

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
  /** What the document at `/openapi.json` says of cookies and health beside the routes. @default nothing */
  readonly openApi?: Omit<OpenApiTerms, 'basePath'>;
  /**
   * Names of request headers that those pages may send beside `authorization`, `content-type` and `traceparent`, such
   * as `x-csrf-token`.
   * @default none
   */
  readonly corsHeaders?: readonly string[];
  /**
   * Requests worked on at the same time; more are told to come back, so that those in hand stay fast. One whose caller
   * or body is still waited for is not among them.
   * @default 512
   */
  readonly maxInFlight?: number;
  /**
   * Whether the process is behind with its work, asked once at the beginning of each request: true tells that request
   * to come back, before anything of it is read. `createOverloadWatch` knows it for Node. @default never
   */
  readonly isOverloaded?: () => boolean;
}

const usualInFlight = 512;
const overloadRetryMs = 1000;

/** What a route is told beside the request. */
interface Call {
  readonly requestId: string;
  readonly parameters: readonly string[];
  readonly query: string;
}

type Serve = (asked: Asked, call: Call) => Promise<Answer>;

/** How handlers answer without requests and answers of the fetch standard, for listeners that have none. */
const respondOf = new WeakMap<(request: Request) => Promise<Response>, Respond>();

/** Undefined for a handler that somebody has wrapped. @internal */
export function toRespond(handler: (request: Request) => Promise<Response>): Respond | undefined {
  return respondOf.get(handler);
}

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
    openApi = {},
    corsHeaders: requestHeaders = [],
    maxInFlight = usualInFlight,
    isOverloaded = () => false,
  }: HandlerOptions,
): (request: Request) => Promise<Response> {
  const cors = { origins: new Set(corsOrigins), credentials: corsCredentials, headers: requestHeaders };
  const subjectOf = createSubjectOf(authenticate);
  const slots = createSlots(maxInFlight);
  const document = toOpenApi({ ...openApi, basePath });
  const bodies = createBodyRoom();
  const find = createRouteTable(basePath, routesOf(service, { document, subjectOf, slots, bodies }));

  const serve = async (asked: Asked, requestId: string): Promise<Answer> => {
    try {
      const { path, query } = splitTarget(asked.target);
      const match = find(asked.method, path);
      if (match === undefined) throw new ValetkeyError('not-found');
      const { methods, parameters } = match;
      if (match.serve === undefined) return refuseMethod(asked.method, methods, requestId);
      return await match.serve(asked, { requestId, parameters, query });
    } catch (error) {
      const { problem, isFailure } = describeError(error, requestId);
      if (isFailure) await service.onFailure(error);
      return toProblemAnswer(problem);
    }
  };

  const respond: Respond = async (asked) => {
    if (isPreflight(asked)) return answerPreflight(asked, cors);
    const requestId = crypto.randomUUID();
    const isTooMany = isOverloaded() || slots.isFull();
    const { status, headers, body } = isTooMany ? comeBack(requestId) : await serve(asked, requestId);
    return {
      status,
      headers: { ...manners, 'x-request-id': requestId, ...corsHeaders(asked, cors), ...headers },
      body: asked.method === 'HEAD' ? '' : body,
    };
  };
  const handle = async (request: Request) => toResponse(await respond(fromRequest(request)));
  respondOf.set(handle, respond);
  return handle;
}

/** What every answer carries: nobody keeps it, nobody guesses its type, nobody sends its address on. */
const manners = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

interface RouteParts {
  /** In OpenAPI. */
  readonly document: object;
  readonly subjectOf: (asked: Asked) => Promise<Subject>;
  readonly slots: Slots;
  readonly bodies: WaitingRoom;
}

function routesOf(
  service: Service,
  { document, subjectOf, slots, bodies }: RouteParts,
): readonly RouteEntry<Serve>[] {
  const inSlot = async (requestId: string, work: () => Promise<Answer>) =>
    (await slots.run(work)) ?? comeBack(requestId);
  const post = <Body extends z.ZodType>(
    { path, body, maxBodyBytes }: Route & { readonly body: Body },
    answer: (subject: Subject, body: z.output<Body>, call: { requestId: string }) => Promise<object>,
  ): RouteEntry<Serve> => ({
    method: 'POST',
    path,
    serve: async (asked, { requestId }) => {
      // Who asks first: of somebody unknown nothing is read and kept.
      const subject = await subjectOf(asked);
      const read = await readBody(asked, body, { room: bodies, maxBytes: maxBodyBytes });
      return inSlot(requestId, async () => toJson(await answer(subject, read, { requestId })));
    },
  });
  const get = (path: string, serve: Serve): RouteEntry<Serve> => ({
    method: 'GET',
    path,
    serve: (asked, call) => inSlot(call.requestId, () => serve(asked, call)),
  });
  const getAs = (
    path: string,
    answer: (subject: Subject, asked: Asked, call: Call) => Promise<Answer>,
  ): RouteEntry<Serve> => ({
    method: 'GET',
    path,
    serve: async (asked, call) => {
      const subject = await subjectOf(asked);
      return inSlot(call.requestId, () => answer(subject, asked, call));
    },
  });
  return [
    get('/openapi.json', async () => toJson(document)),
    getAs(routes.limits.path, async (subject, asked, { parameters: [policy = ''] }) =>
      withEtag(asked, JSON.stringify(await service.limits(subject, policy))),
    ),
    getAs(routes.list.path, async (subject, _asked, { query }) =>
      toJson(await service.list(subject, parseWith(routes.list.query, toFirstValues(query), 'query'))),
    ),
    getAs(routes.object.path, async (subject, asked, { parameters: [policy = '', key = ''] }) => {
      const method = asked.method === 'HEAD' ? 'HEAD' : 'GET';
      const redirect = await service.redirectToObject(subject, { policy, key, method });
      const { location, maxAgeSeconds } = redirect;
      // A browser keeps it for whoever asked, not for whoever signs in next.
      const kept =
        maxAgeSeconds > 0
          ? { 'cache-control': `private, max-age=${maxAgeSeconds}`, vary: 'Authorization, Cookie, Origin' }
          : {};
      return { status: 302, headers: { location, ...kept }, body: '' };
    }),
    get(routes.receiptKeys.path, async () => {
      const { headers, ...answer } = toJson(await service.receiptKeys());
      return { ...answer, headers: { ...headers, 'cache-control': 'public, max-age=300' } };
    }),
    post(routes.downloads, service.downloads),
    post(routes.uploads, service.beginUploads),
    post(routes.parts, service.partRequests),
    post(routes.sign, service.signUploads),
    post(routes.status, service.uploadStatus),
    post(routes.complete, service.completeUploads),
    post(routes.abort, service.abortUploads),
  ];
}

function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** A name that comes twice counts once. */
function toFirstValues(query: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...new URLSearchParams(query)].toReversed());
}

function toJson(value: object): Answer {
  return { status: 200, headers: jsonHeaders, body: JSON.stringify(value) };
}

const jsonHeaders = { 'content-type': 'application/json' };

function toProblemAnswer(problem: Problem): Answer {
  const { status, retryAfterMs } = problem;
  return {
    status,
    headers: {
      'content-type': problemMediaType,
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      // What is left of the body would stand where the next request is looked for: RFC 9110, section 15.5.9.
      ...(status === 408 ? { connection: 'close' } : {}),
    },
    body: JSON.stringify(problem),
  };
}

/** Without an error, whose stack would cost more than all the rest of it. */
function comeBack(requestId: string): Answer {
  const detail = 'More requests came than can be answered in time. Try again in 1 second.';
  return toProblemAnswer(toProblem('rate-limited', { requestId, detail, retryAfterMs: overloadRetryMs }));
}

/** RFC 9110, section 15.5.6. */
function refuseMethod(method: string, methods: readonly string[], requestId: string): Answer {
  const error = new ValetkeyError('method-not-allowed', {
    field: 'method',
    expected: methods.join(' or '),
    got: quote(method),
  });
  const { status, headers, body } = toProblemAnswer(describeError(error, requestId).problem);
  return { status, headers: { ...headers, allow: methods.join(', ') }, body };
}

/** Whoever stands between and compresses answers weakens their tags. RFC 9110, section 13.1.2. */
function isMatch(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || header.trim() === '*';
}

/** RFC 9110, section 8.8.3. */
async function withEtag(asked: Asked, body: string): Promise<Answer> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
  const etag = `"${toHex(new Uint8Array(digest).subarray(0, 12))}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (isMatch(asked.header('if-none-match'), etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers: { ...headers, ...jsonHeaders }, body };
}
