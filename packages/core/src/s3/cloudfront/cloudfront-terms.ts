/** From a grant to what CloudFront signs: a URL of the distribution, and until when. */
import { ValetkeyError } from '../../errors.ts';
import { quote } from '../../grammar/quote.ts';
import type { Grant } from '../../grant/grant.ts';
import { formatInstant } from '../../instant.ts';
import { checkQuery, checkVersionId } from '../../signing/check-parameters.ts';
import { effectiveLifetime } from '../../signing/effective-lifetime.ts';
import type { LifetimeLimiter } from '../../signing/presigned-url.ts';
import { uriEncode, uriEncodePath } from '../../signing/uri-encode.ts';
import type { Store } from '../../store/store.ts';

const ipv4Range =
  /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$|\/)|(?=$|\/))){4}(?:\/(?:3[0-2]|[12]?\d))?$/;

/**
 * When a CloudFront URL is made, and what it is bound to beyond its end. Either of the bounds makes the policy a
 * custom one, which travels in the URL.
 * @public
 */
export interface CloudfrontOptions {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Does not work before this instant; milliseconds since the epoch. */
  readonly notBeforeMs?: number | undefined;
  /** Works from these IPv4 addresses only: `203.0.113.7` or `203.0.113.0/24`. */
  readonly ipRange?: string | undefined;
}

/** What is signed. */
export interface CloudfrontTerms {
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly expiresAtMs: number;
  readonly limitedBy: LifetimeLimiter;
  /** Seconds since the epoch, as CloudFront counts; absent where nothing but the end is bound. */
  readonly notBeforeSeconds?: number | undefined;
  readonly ipRange?: string | undefined;
}

/**
 * @throws ValetkeyError `method-not-allowed`, `invalid-bucket`, `invalid-key`, `invalid-lifetime`,
 * `invalid-configuration`, `unknown-field`
 */
export function toCloudfrontTerms(grant: Grant, options: CloudfrontOptions): CloudfrontTerms {
  const { store, nowMs, notBeforeMs, ipRange } = options;
  const method = checkMethod(grant);
  checkPlace(grant, store);
  checkRange(ipRange);
  const lifetime = effectiveLifetime(
    {
      askedSeconds: grant.lifetimeSeconds,
      askedBy: grant.lifetimeFrom,
      storeMaxSeconds: store.maxLifetimeSeconds,
      notAfterMs: grant.notAfterMs,
    },
    nowMs,
  );
  const expiresAtMs = (Math.floor(nowMs / 1000) + lifetime.seconds) * 1000;
  if (notBeforeMs !== undefined || ipRange !== undefined) checkLiteral(grant.key);
  return {
    method,
    url: toUrl(grant, store),
    expiresAtMs,
    limitedBy: lifetime.limitedBy,
    notBeforeSeconds: notBeforeMs === undefined ? undefined : toStart(notBeforeMs, expiresAtMs),
    ipRange,
  };
}

/**
 * In a policy that travels with the request `*` stands for anything, and CloudFront knows no way to mean itself.
 * @throws ValetkeyError `invalid-key`
 */
export function checkLiteral(key: string): void {
  if (!key.includes('*')) return;
  throw new ValetkeyError('invalid-key', {
    field: 'key',
    expected: 'no "*", which CloudFront would take for any text',
    got: quote(key),
  });
}

function checkMethod({ method, headers }: Grant): 'GET' | 'HEAD' {
  const isDownload = method === 'GET' || method === 'HEAD';
  if (isDownload && Object.keys(headers).length === 0) return method;
  throw new ValetkeyError('method-not-allowed', {
    field: 'method',
    expected: 'GET or HEAD without required headers: CloudFront signs downloads',
    got: isDownload ? `${method} with headers` : method,
    hint: 'Upload and delete through the store behind the distribution.',
  });
}

function checkPlace({ bucket }: Grant, store: Store): void {
  if (store.profile.signing === 'cloudfront' && store.bucket === bucket) return;
  throw new ValetkeyError('invalid-bucket', {
    field: 'bucket',
    expected: `the bucket behind the distribution ${store.name}: ${store.bucket ?? 'none'}`,
    got: quote(bucket),
  });
}

function checkRange(ipRange: string | undefined): void {
  if (ipRange === undefined || ipv4Range.test(ipRange)) return;
  throw new ValetkeyError('invalid-configuration', {
    field: 'ipRange',
    expected: 'an IPv4 address or range such as 203.0.113.0/24 (CloudFront takes no IPv6 here)',
    got: quote(ipRange),
  });
}

function toStart(notBeforeMs: number, expiresAtMs: number): number {
  if (notBeforeMs > 0 && notBeforeMs < expiresAtMs) return Math.floor(notBeforeMs / 1000);
  throw new ValetkeyError('invalid-lifetime', {
    field: 'start time',
    expected: `an instant before the end at ${formatInstant(expiresAtMs)}`,
    got: Number.isFinite(notBeforeMs) ? formatInstant(notBeforeMs) : quote(notBeforeMs),
  });
}

function toUrl({ key, query, versionId }: Grant, store: Store): string {
  checkQuery(query);
  checkVersionId(versionId);
  const pairs = Object.entries(versionId === undefined ? query : { ...query, versionId })
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .toSorted();
  const place = `${store.publicEndpoint}/${uriEncodePath(key)}`;
  return pairs.length === 0 ? place : `${place}?${pairs.join('&')}`;
}
