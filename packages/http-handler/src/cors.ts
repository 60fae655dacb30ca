/** CORS with an exact list of origins. Fetch standard, section 3.2. */

import type { Answer, Asked } from './exchange.ts';

const preflightSeconds = 600;
/** What the uploader and tracing send of their own. */
const usualHeaders = 'authorization, content-type, traceparent';
const exposed = 'date, etag, retry-after, x-request-id';

/** Which pages may read answers, and whether cookies come with what they ask. */
export interface CorsTerms {
  readonly origins: ReadonlySet<string>;
  readonly credentials: boolean;
  /** Names of headers that requests may carry beside the usual ones. */
  readonly headers: readonly string[];
}

/** Whether the request is a preflight, of any origin. */
export function isPreflight({ method, header }: Asked): boolean {
  return method === 'OPTIONS' && header('access-control-request-method') !== null;
}

/** Answers a preflight; an origin that is not on the list is told nothing it could go on with. */
export function answerPreflight(
  { header }: Asked,
  { origins, credentials, headers: own }: CorsTerms,
): Answer {
  const headers = { vary: 'Origin' };
  const origin = header('origin');
  if (origin === null || !origins.has(origin)) return { status: 403, headers, body: '' };
  return {
    status: 204,
    headers: {
      ...headers,
      ...allow(origin, credentials),
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': [usualHeaders, ...own].join(', '),
      'access-control-max-age': String(preflightSeconds),
    },
    body: '',
  };
}

/** Lets a page of a listed origin read the answer. */
export function corsHeaders({ header }: Asked, { origins, credentials }: CorsTerms): Answer['headers'] {
  const origin = header('origin');
  if (origin === null || !origins.has(origin)) return { vary: 'Origin' };
  return { vary: 'Origin', ...allow(origin, credentials), 'access-control-expose-headers': exposed };
}

function allow(origin: string, credentials: boolean): Answer['headers'] {
  return {
    'access-control-allow-origin': origin,
    ...(credentials ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}
