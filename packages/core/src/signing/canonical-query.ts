import { uriEncode } from './uri-encode.ts';

/** Query parameters as they are meant, not yet encoded; a name may come more than once. */
export type QueryParameters = readonly (readonly [name: string, value: string])[];

/**
 * The signature's own parameters, already encoded and in order, together with those of the request. Encoded pairs in the order of encoded names, then encoded values; an empty value keeps its `=`.
 * Source: Signature Version 4, "CanonicalQueryString".
 */
export function canonicalQuery(own: string, extra: QueryParameters): string {
  if (extra.length === 0) return own;
  const pairs = extra.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`);
  return [...own.split('&'), ...pairs].sort(byNameThenValue).join('&');
}

/** `=` sorts above `-` and `.`, so comparing whole pairs would put `a-b=` before `a=`. */
function byNameThenValue(left: string, right: string): number {
  const leftName = left.slice(0, left.indexOf('='));
  const rightName = right.slice(0, right.indexOf('='));
  if (leftName === rightName) return left < right ? -1 : Number(left > right);
  return leftName < rightName ? -1 : 1;
}
