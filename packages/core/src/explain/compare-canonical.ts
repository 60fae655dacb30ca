/** Where the request that a store saw differs from the one that a URL was signed for. */
import { toCanonicalRequest } from './canonical-request.ts';
import type { UrlFinding } from './explanation.ts';
import { methodClue, misfitOf } from './method-clue.ts';
import type { RawUrl } from './raw-url.ts';

const shownCharacters = 200;

/** What is known of the request that failed. */
export interface KnownRequest {
  readonly url: RawUrl;
  readonly signedHeaders: readonly string[];
  /** Absent when it is not known: then it is not compared. */
  readonly method: string | undefined;
  /** Absent when they are not known: then only `host` is compared. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** The first line in which the store's canonical request differs from the URL's. */
export function compareCanonical(canonicalRequest: string, known: KnownRequest): UrlFinding {
  const theirs = canonicalRequest.split('\n');
  if (theirs.length < 2) return otherMethod(known) ?? unknownDifference(known);
  const ours = expectedLines(known, theirs);
  const index = Array.from({ length: Math.max(theirs.length, ours.length) }).findIndex(
    (_line, at) => theirs[at] !== ours[at],
  );
  if (index < 0) return otherMethod(known) ?? sameLines(known, theirs);
  const [saw, signed] =
    index === 2 ? firstDifferentPair(theirs[2] ?? '', ours[2] ?? '') : [theirs[index], ours[index]];
  const name = ['method', 'path', 'query'][index] ?? 'headers';
  return difference(
    `differs-in-${name}`,
    `The ${name === 'headers' ? `header line ${index - 2}` : name} differs: the store saw ${show(saw)}, ` +
      `the URL was signed for ${show(signed)}.`,
    'Send exactly what was signed; look for a proxy or a client that rewrites it.',
  );
}

/** What is not known is taken from the store, so that it does not count as a difference. */
function expectedLines(known: KnownRequest, theirs: readonly string[]): readonly string[] {
  const { url, signedHeaders, method = theirs[0] ?? '' } = known;
  const sent = known.headers === undefined ? headersOf(theirs) : Object.entries(known.headers);
  const headers = new Map(sent.map(([name, value]) => [name.toLowerCase(), value]));
  return toCanonicalRequest({ method, url, headers }, signedHeaders).split('\n');
}

function headersOf(lines: readonly string[]): readonly (readonly [string, string])[] {
  return lines.slice(3, lines.indexOf('', 3)).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1)];
  });
}

function firstDifferentPair(theirs: string, ours: string): readonly [string, string] {
  const [saw, signed] = [theirs.split('&'), ours.split('&')];
  const at = saw.findIndex((pair, index) => pair !== signed[index]);
  const index = at < 0 ? saw.length : at;
  return [saw[index] ?? '', signed[index] ?? ''];
}

/** Where the URL itself says that it is for another method than the one that was used. */
function otherMethod({ url, signedHeaders, method }: KnownRequest): UrlFinding | undefined {
  const misfit = misfitOf(method, methodClue(url, signedHeaders));
  if (misfit === undefined) return undefined;
  return difference(
    'other-method',
    `The store reckons another signature. ${misfit}`,
    'Use the URL with the method that it was signed for, or sign anew.',
  );
}

function unknownDifference({ url, signedHeaders, method }: KnownRequest): UrlFinding {
  const mayBeOther = method !== undefined && methodClue(url, signedHeaders) === undefined;
  return difference(
    'signature-mismatch',
    'The store reckons another signature, and does not say from what' +
      (mayBeOther ? `: the URL may have been signed for another method than ${method}.` : '.'),
    'Compare method, signed headers and secret key with what was signed.',
  );
}

function sameLines({ signedHeaders }: KnownRequest, theirs: readonly string[]): UrlFinding {
  const names = signedHeaders.filter((name) => name !== 'host');
  if (names.length === 0) {
    return difference(
      'wrong-secret',
      `The store saw what the URL says: the secret key is another one, or the URL was not signed for ${theirs[0] ?? ''}.`,
      'Sign with the secret that belongs to the access key, for the method that is used.',
    );
  }
  return difference(
    'wrong-header-or-secret',
    `The store saw what the URL says: a signed header (${names.join(', ')}) has another value than was signed, ` +
      'or the secret key or the method is another one.',
    'Send exactly the headers that came with the URL.',
  );
}

function difference(code: string, message: string, fix: string): UrlFinding {
  return { code, severity: 'error', message, fix };
}

/** Without what is secret in a query or a header. */
function show(line = ''): string {
  const safe = line
    .replaceAll(/(X-Amz-(?:Security-Token|Credential|Signature)=)[^&]*/gi, '$1…')
    .replace(/^(x-amz-(?:security-token|[a-z-]*customer-key)|authorization|cookie):.*/i, '$1:…');
  return JSON.stringify(safe.length > shownCharacters ? `${safe.slice(0, shownCharacters)}…` : safe);
}
