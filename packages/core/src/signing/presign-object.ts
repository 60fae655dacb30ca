/**
 * From checked terms to a URL: the one place where address, lifetime and signature come together. The bare
 * signer and the grant's both end here.
 */
import { parseEndpoint } from '../grammar/endpoint.ts';
import { maxLifetimeSeconds } from '../grammar/lifetime.ts';
import type { Method } from '../grammar/method.ts';
import type { SigningCredentials } from './credentials.ts';
import type { LifetimeBounds } from './effective-lifetime.ts';
import { toObjectAddress, type Addressing } from './object-address.ts';
import { PresignedUrl, type SignedMethod } from './presigned-url.ts';
import { signQuery } from './sign-query.ts';
import { checkBackdate } from './signing-time.ts';
import { signingWindow } from './signing-window.ts';

/** Terms whose bucket, key, headers, query and credentials passed their parsers. */
export interface ObjectTerms<M extends SignedMethod = Method> {
  readonly method: M;
  readonly endpoint: string;
  readonly addressing: Addressing;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly lifetime: LifetimeBounds;
}

/** When a URL is made. */
export interface SigningTime {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /**
   * Seconds, 0…60, by which the signature's date lies in the past, for stores whose clock is behind. The URL
   * ends no later for it.
   * @default 0
   */
  readonly backdateSeconds?: number | undefined;
  /**
   * Seconds, 0…604800: URLs for the same terms that are made within one window are identical, so that caches know
   * them again. They are dated at the window's beginning and live longer by its length, so none is ever handed out
   * with less than the asked life left. A store's maximum shortens the window, or does away with it.
   * @default 0
   */
  readonly cacheWindowSeconds?: number | undefined;
}

/** Signs; throws what {@link signingWindow} and `parseEndpoint` throw. */
export function presignObject<M extends SignedMethod>(
  terms: ObjectTerms<M>,
  credentials: SigningCredentials,
  time: SigningTime,
): PresignedUrl<M> {
  const { startMs, lifetime } = signingWindow(terms.lifetime, time.nowMs, time.cacheWindowSeconds ?? 0);
  const backdateSeconds = checkBackdate(time.backdateSeconds ?? 0);
  const signedAtMs = startMs - backdateSeconds * 1000;
  const expiresInSeconds = Math.min(lifetime.seconds + backdateSeconds, maxLifetimeSeconds);
  const endpoint = parseEndpoint(terms.endpoint, 'endpoint');
  const address = toObjectAddress(endpoint, terms.addressing, terms.bucket, terms.key);
  const signed = signQuery(
    {
      method: terms.method,
      host: address.host,
      path: address.path,
      query: queryOf(terms),
      headers: terms.headers,
      region: terms.region,
      service: 's3',
      payloadHash: 'UNSIGNED-PAYLOAD',
      signedAtMs,
      expiresInSeconds,
    },
    credentials,
  );
  return new PresignedUrl({
    method: terms.method,
    requiredHeaders: terms.headers,
    expiresAtMs: signedAtMs + expiresInSeconds * 1000,
    limitedBy: lifetime.limitedBy,
    origin: address.origin,
    path: address.path,
    query: signed.query,
    signature: signed.signature,
  });
}

function queryOf(terms: Pick<ObjectTerms, 'query' | 'versionId'>): readonly (readonly [string, string])[] {
  const query = Object.entries(terms.query);
  return terms.versionId === undefined ? query : [...query, ['versionId', terms.versionId]];
}
