/** CORS with an exact list of origins. Fetch standard, section 3.2. */

const preflightSeconds = 600;
const exposed = 'date, etag, retry-after, x-request-id';

/** Which pages may read answers, and whether cookies come with what they ask. */
export interface CorsTerms {
  readonly origins: ReadonlySet<string>;
  readonly credentials: boolean;
}

/** Whether the request is a preflight, of any origin. */
export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
}

/** Answers a preflight; an origin that is not on the list is told nothing it could go on with. */
export function answerPreflight(request: Request, { origins, credentials }: CorsTerms): Response {
  const headers = new Headers({ vary: 'Origin' });
  const origin = request.headers.get('origin');
  if (origin === null || !origins.has(origin)) return new Response(null, { status: 403, headers });
  allow(headers, origin, credentials);
  headers.set('access-control-allow-methods', 'GET, POST');
  headers.set('access-control-allow-headers', 'authorization, content-type, traceparent');
  headers.set('access-control-max-age', String(preflightSeconds));
  return new Response(null, { status: 204, headers });
}

/** Lets a page of a listed origin read the answer. */
export function addCors(headers: Headers, request: Request, { origins, credentials }: CorsTerms): void {
  headers.append('vary', 'Origin');
  const origin = request.headers.get('origin');
  if (origin === null || !origins.has(origin)) return;
  allow(headers, origin, credentials);
  headers.set('access-control-expose-headers', exposed);
}

function allow(headers: Headers, origin: string, credentials: boolean): void {
  headers.set('access-control-allow-origin', origin);
  if (credentials) headers.set('access-control-allow-credentials', 'true');
}
