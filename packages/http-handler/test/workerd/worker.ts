/** The handler in workerd: each request says which service it is for, and each answer what the hooks were told. */
import { ValetkeyError } from '@valetkey/core';

import { createHandler } from '../../src/index.ts';
import { bearerSubject, headerNames, toService, type ServiceTerms, type ToldEvents } from './terms.ts';

interface Running {
  nowMs: number;
  readonly handler: (request: Request) => Promise<Response>;
  /** What was told since it was last asked. */
  readonly take: () => ToldEvents;
}

const running = new Map<string, Running>();

export async function handle(request: Request): Promise<Response> {
  const header = request.headers.get(headerNames.terms);
  if (header === null) return new Response('ready\n');
  const terms: ServiceTerms = JSON.parse(decodeURIComponent(header));
  const service = running.get(terms.id) ?? start(terms);
  running.set(terms.id, service);
  service.nowMs = Number(request.headers.get(headerNames.now));
  const headers = new Headers(request.headers);
  for (const name of Object.values(headerNames)) headers.delete(name);
  const response = await service.handler(new Request(request, { headers, redirect: 'manual' }));
  const answer = new Response(response.body, response);
  answer.headers.set(headerNames.events, encodeURIComponent(JSON.stringify(service.take())));
  return answer;
}

function start(terms: ServiceTerms): Running {
  let refusals: ToldEvents['refusals'] = [];
  let failures: ToldEvents['failures'] = [];
  const service = toService(terms, {
    clock: { now: () => state.nowMs },
    hooks: {
      onDenied: (refusal) => {
        refusals = [...refusals, refusal];
      },
      onFailure: (error) => {
        failures = [...failures, describe(error)];
      },
    },
  });
  const { corsOrigins, corsCredentials, corsHeaders, maxInFlight } = terms;
  const state: Running = {
    nowMs: 0,
    handler: createHandler(service, {
      authenticate: bearerSubject,
      corsOrigins,
      corsCredentials,
      corsHeaders,
      ...(maxInFlight === undefined ? {} : { maxInFlight }),
    }),
    take: () => {
      const events = { refusals, failures };
      [refusals, failures] = [[], []];
      return events;
    },
  };
  return state;
}

function describe(error: unknown): ToldEvents['failures'][number] {
  if (error instanceof ValetkeyError) return { name: error.name, code: error.code, message: error.message };
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'unknown', message: String(error) };
}
