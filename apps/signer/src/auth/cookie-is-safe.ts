/** Which pages a cookie is believed from. */
export interface CookieTerms {
  readonly origins: ReadonlySet<string>;
  /** Path in front of `/v1`, without a slash at its end. */
  readonly base: string;
}

/**
 * Whether a cookie on this request was meant by its owner: sent from a page of a listed origin, or from the service's
 * own page, which the browser says and no script can. A redirect to an object may also come from a page or an image of
 * the same site, or from the address bar: it changes nothing, and the page that asks cannot read it. Fetch Metadata,
 * section 2.
 */
export function cookieIsSafe({ method, url, headers }: Request, { origins, base }: CookieTerms): boolean {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  if (origin !== null) return origins.has(origin) || (site === 'same-origin' && origin !== 'null');
  // A browser sends the origin with everything but GET and HEAD.
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (site === 'same-origin') return true;
  const isRedirect = new URL(url).pathname.startsWith(`${base}/v1/objects/`);
  return isRedirect && (site === 'same-site' || site === 'none');
}
