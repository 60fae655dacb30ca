/**
 * The canonical request of a presigned URL, written from the specification and not from the signer.
 * Source: Signature Version 4, "Create a canonical request", with the exceptions for Amazon S3: the path is
 * encoded once and not normalised, the payload is not signed.
 */
import type { RawUrl } from './raw-url.ts';

/** What is sent, as the verifier sees it. */
export interface SentRequest {
  readonly method: string;
  readonly url: RawUrl;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The text, by lines whose order the specification gives. */
export function toCanonicalRequest(
  { method, url, headers }: SentRequest,
  signedHeaders: readonly string[],
): string {
  const query = url.query
    .filter(({ name }) => name !== 'X-Amz-Signature')
    .map(({ name, value }) => [encode(name), encode(value)] as const)
    .toSorted(byNameThenValue)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const lines = signedHeaders.map((name) => {
    const value = name === 'host' ? url.host : (headers.get(name) ?? '');
    return `${name}:${value.trim().replaceAll(/ +/g, ' ')}\n`;
  });
  return [
    method,
    url.path.split('/').map(encode).join('/'),
    query,
    lines.join(''),
    signedHeaders.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** Everything but `A-Z a-z 0-9 - . _ ~` becomes `%XX`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  return compare(a[0], b[0]) || compare(a[1], b[1]);
}

/** By bytes: both are ASCII by now. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
