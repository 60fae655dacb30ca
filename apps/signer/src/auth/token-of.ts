/** Where a caller's token stands: the `Authorization` header, or a cookie. Never the URL, which everybody logs. */

const maxTokenLength = 8192;

/** A token that is shown, one that nobody could take for one, or none. */
export type ShownToken =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'unusable' }
  | { readonly kind: 'none' };

/** The token of a request; `cookies` are the names that may carry one on this request. */
export function tokenOf(headers: Headers, cookies: readonly string[]): ShownToken {
  const authorization = headers.get('authorization');
  if (authorization !== null) return toToken(/^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1]);
  const values = cookies.flatMap((name) => cookieValues(headers.get('cookie') ?? '', name));
  if (values.length === 0) return { kind: 'none' };
  // Two of one name: a neighbour under the same domain may have planted one. RFC 6265, section 8.6.
  return values.length === 1 ? toToken(values[0]) : { kind: 'unusable' };
}

function toToken(token: string | undefined): ShownToken {
  if (token === undefined || token.length > maxTokenLength) return { kind: 'unusable' };
  return { kind: 'token', token };
}

/** RFC 6265, section 4.2.1. */
function cookieValues(header: string, name: string): readonly string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .filter((value) => value !== '');
}
