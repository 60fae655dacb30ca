import type { Problem } from '@valetkey/protocol';

import type { Environment } from '../environment.ts';
import { whyNoService } from '../why-no-answer.ts';
import type { HeadersCallback } from '../service-client.ts';
import type { Check } from './diagnosis.ts';

/** A check that failed; those behind it make no sense. */
export class Stopped extends Error {
  readonly check: Check;

  constructor(check: Check, message: string) {
    super(message);
    this.check = check;
  }
}

interface Service {
  readonly endpoint: string;
  readonly policy: string;
  readonly headers?: HeadersCallback | undefined;
  readonly credentials?: RequestCredentials | undefined;
  readonly environment: Environment;
}

/**
 * One call of the service, tried once.
 * @throws Stopped with the check that the answer belongs to
 */
export async function ask<Answer>(
  service: Service,
  path: string,
  check: Check,
  body?: object,
): Promise<Answer> {
  const { endpoint, headers, credentials, environment } = service;
  const url = `${endpoint.replace(/\/+$/, '')}${path}`;
  const own = (await headers?.()) ?? {};
  const post = { method: 'POST', body: JSON.stringify(body), type: { 'content-type': 'application/json' } };
  const init = body === undefined ? { headers: own } : { ...post, headers: { ...own, ...post.type } };
  const cookies = credentials && { credentials };
  const response = await environment.fetch(url, { ...init, ...cookies }).catch(async () => {
    throw new Stopped('service', await whyNoAnswer({ headers: own, ...cookies }, service));
  });
  if (response.ok) return (await response.json()) as Answer;
  const problem: unknown = await response.json().catch(() => undefined);
  const detail = isProblem(problem) ? problem.detail : `Status ${response.status}.`;
  if (response.status === 401) throw new Stopped('signed-in', `${detail} Look at the option headers.`);
  throw new Stopped(isProblem(problem) ? check : 'service', detail);
}

async function whyNoAnswer(asked: RequestInit, service: Service): Promise<string> {
  const { endpoint, environment } = service;
  if (!environment.isOnline()) return 'This browser is offline.';
  const { origin } = new URL(endpoint, environment.pageOrigin());
  return (
    (await whyNoService(asked, service)) ??
    `${origin} does not answer. Look at the option endpoint and at this page's connect-src.`
  );
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}
