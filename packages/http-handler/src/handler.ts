import { ValetkeyError, type Subject } from '@valetkey/core';
import { toOpenApi, type OpenApiTerms } from '@valetkey/protocol';

import { comeBack, refuseMethod, toProblemAnswer } from './answers.ts';
import { createSubjectOf } from './ask-who.ts';
import { answerPreflight, corsHeaders, isPreflight } from './cors.ts';
import type { Answer, Asked, Respond } from './exchange.ts';
import { fromRequest, toResponse } from './fetch-exchange.ts';
import { createBodyRoom } from './read-body.ts';
import { createRouteTable } from './route-table.ts';
import type { Service } from './service.ts';
import { routesOf } from './service-routes.ts';
import { createSlots } from './slots.ts';
import { createStorePlaces } from './store-places.ts';
import { describeError } from './to-problem.ts';

/**
 * How the service is mounted.
 * @public
 */
export interface HandlerOptions {
  /**
   * Who asks, from the head of the request: its body is read afterwards, and once only. Undefined refuses the request;
   * anonymous callers are a subject of their own, for policies that list them.
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
   * or body is still waited for is not among them. Those that ask a store take at most half of the places, and one store gets no
   * more of that half than it leaves free or, if that is more, an equal share: one which does not answer keeps nobody
   * from what is only signed, nor from another store.
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
  const visitStores = createStorePlaces(Math.ceil(maxInFlight / 2));
  const document = toOpenApi({ ...openApi, basePath });
  const bodies = createBodyRoom();
  const find = createRouteTable(
    basePath,
    routesOf(service, { document, subjectOf, slots, visitStores, bodies }),
  );

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

function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
