/**
 * A URL as it goes over the wire. No URL parser is asked: each of them mends something, and a mended URL is
 * not the one that was signed.
 */

/** One query parameter, decoded. */
interface QueryPair {
  readonly name: string;
  readonly value: string;
}

/** The parts of a URL, decoded once and not normalised. */
export interface RawUrl {
  readonly scheme: 'http' | 'https';
  /** As sent in the `Host` header: without the scheme's own port. */
  readonly host: string;
  /** UTF-8 of each segment, still with its slashes. */
  readonly path: string;
  readonly query: readonly QueryPair[];
}

/** What is wrong with a plus sign: it is a space to one reader and a plus sign to another. */
export const plusSigns = 'a URL with %20 and %2B, not with plus signs';

/** The parts, or in words what is wrong with the text. */
export function parseRawUrl(text: string): RawUrl | string {
  const match = /^(https?):\/\/([^/?#\s]+)([^?#\s]*)(?:\?([^#\s]*))?$/.exec(text);
  if (match === null) return 'an absolute http or https URL without white space and fragment';
  const [, scheme, authority = '', rawPath = '', rawQuery = ''] = match;
  if (authority.includes('@')) return 'a URL without a user name';
  if (rawPath.includes('+') || rawQuery.includes('+')) return plusSigns;
  const path = decode(rawPath === '' ? '/' : rawPath);
  if (path === undefined) return 'a path whose percent signs begin an encoded byte';
  const query: QueryPair[] = [];
  for (const part of rawQuery === '' ? [] : rawQuery.split('&')) {
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = decode(equals < 0 ? '' : part.slice(equals + 1));
    if (name === undefined || value === undefined) return 'a query whose percent signs begin an encoded byte';
    query.push({ name, value });
  }
  const isHttps = scheme === 'https';
  const ownPort = isHttps ? /:443$/ : /:80$/;
  return {
    scheme: isHttps ? 'https' : 'http',
    host: authority.toLowerCase().replace(ownPort, ''),
    path,
    query,
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
