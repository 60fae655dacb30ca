/**
 * To a script a page that may not be answered and a host that is not there look alike, but only the first answers a
 * request that asks for nothing. Loaded after requests that nothing came of; nothing of the engine comes along.
 */
import type { Environment } from './environment.ts';

const probeMs = 10_000;

interface Asking {
  readonly environment: Pick<Environment, 'fetch' | 'pageOrigin'>;
  readonly signal: AbortSignal;
}

/**
 * What the bucket's CORS rule lacks, when the store of a URL answers; undefined when it does not, which is a network
 * error like any other. Rejects with the signal's reason.
 */
export async function whyNoStore(url: string, { environment, signal }: Asking): Promise<string | undefined> {
  const { origin } = new URL(url);
  const isThere = await isAnswered(origin, { environment, signal });
  signal.throwIfAborted();
  if (!isThere) return undefined;
  return (
    `The store at ${origin} does not let this page upload (CORS). Its bucket needs a CORS rule with ` +
    bucketRule(environment.pageOrigin())
  );
}

/** Whether anybody answers at an origin, let in or not. */
export function isAnswered(
  origin: string,
  { environment, signal }: Pick<Asking, 'environment'> & { readonly signal?: AbortSignal },
): Promise<boolean> {
  const probe = { mode: 'no-cors', cache: 'no-store', credentials: 'omit' } as const;
  return environment.fetch(`${origin}/`, signal === undefined ? probe : { ...probe, signal }).then(
    () => true,
    () => false,
  );
}

/** What a bucket's CORS rule needs for a page of this origin. */
export function bucketRule(pageOrigin: string): string {
  return `AllowedOrigins ["${pageOrigin}"], AllowedMethods ["PUT"], AllowedHeaders ["*"], ExposeHeaders ["ETag", "Retry-After"].`;
}

/**
 * What the service's CORS lacks, by an address that it answers a GET to; undefined when the page is let in, or nothing is
 * there. Cookies and headers are those of the requests that failed.
 */
export async function whyNoService(
  { headers = {}, credentials }: Pick<RequestInit, 'headers' | 'credentials'>,
  {
    endpoint,
    policy,
    environment,
  }: { readonly endpoint: string; readonly policy: string } & Pick<Asking, 'environment'>,
): Promise<string | undefined> {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/policies/${encodeURIComponent(policy)}`;
  const page = environment.pageOrigin();
  // A server reads every answer.
  if (!URL.canParse(page)) return undefined;
  const { origin } = new URL(url, page);
  if (origin === page) return undefined;
  const answers = (init: RequestInit) =>
    environment.fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(probeMs), ...init }).then(
      () => true,
      () => false,
    );
  if (!(await answers({ mode: 'no-cors', credentials: 'omit' }))) return undefined;
  const reads = `The signing service at ${origin} does not let this page read its answers (CORS).`;
  if (!(await answers({ credentials: 'omit' }))) return `${reads} Add "${page}" to its server.corsOrigins.`;
  const cookies = credentials === undefined ? {} : { credentials };
  if (!(await answers(cookies))) return `${reads} It takes no cookies: let it know its users by one.`;
  if (await answers({ ...cookies, headers })) return undefined;
  const names = [...new Headers(headers).keys()].join('", "');
  return (
    `The signing service at ${origin} does not let this page send its headers (CORS). ` +
    `Add what is missing of "${names}" to its server.corsHeaders.`
  );
}
