import { getSignedCookies } from '@aws-sdk/cloudfront-signer';
import type { Grant } from '../../grant/grant.ts';
import { formatInstant } from '../../instant.ts';
import { inspect } from '../../signing/inspect-symbol.ts';
import type { LifetimeLimiter } from '../../signing/presigned-url.ts';
import type { CloudfrontKey } from './cloudfront-key.ts';
import { checkLiteral, toCloudfrontTerms, type CloudfrontOptions } from './cloudfront-terms.ts';
import { toSignerInput } from './presign-cloudfront.ts';

/**
 * Cookies that open one object of a distribution until `expiresAt`. They are a secret as a presigned URL is: JSON,
 * template literals, `String()` and `inspect` show the object and the end only.
 * @public
 */
export class CloudfrontCookies {
  /** The object that the cookies open. */
  readonly url: string;
  /** RFC 3339 in UTC with whole seconds. */
  readonly expiresAt: string;
  /** What decided how long they live. */
  readonly limitedBy: LifetimeLimiter;
  readonly #cookies: Readonly<Record<string, string>>;

  /** @internal */
  constructor(
    { url, expiresAtMs, limitedBy }: { url: string; expiresAtMs: number; limitedBy: LifetimeLimiter },
    cookies: Readonly<Record<string, string>>,
  ) {
    this.url = url;
    this.expiresAt = formatInstant(expiresAtMs);
    this.limitedBy = limitedBy;
    this.#cookies = cookies;
  }

  /** Values by name; set them `Secure` and `HttpOnly`, for the distribution's domain. */
  reveal(): Readonly<Record<string, string>> {
    return this.#cookies;
  }

  toString(): string {
    return `CloudFront cookies for ${this.url} (until ${this.expiresAt})`;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const { url, expiresAt, limitedBy } = this;
    return { url, expiresAt, limitedBy };
  }

  [inspect](): string {
    return this.toString();
  }
}

/**
 * Signed cookies for a grant to download, under the same rules as {@link presignCloudfront}: for a player that
 * cannot put a query on its requests. Source: Amazon CloudFront Developer Guide, "Use signed cookies".
 * @throws ValetkeyError as {@link presignCloudfront}
 * @public
 */
export function signCloudfrontCookies(
  grant: Grant,
  key: CloudfrontKey,
  options: CloudfrontOptions,
): CloudfrontCookies {
  const terms = toCloudfrontTerms(grant, options);
  // Unlike a URL's, a cookie's resource is compared as a pattern.
  checkLiteral(grant.key);
  const cookies = getSignedCookies({ url: terms.url, ...toSignerInput(terms, key) });
  const named = Object.entries(cookies).map(([name, value]) => [name, String(value)]);
  return new CloudfrontCookies(terms, Object.fromEntries(named));
}
