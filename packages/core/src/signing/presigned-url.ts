import type { Method } from '../grammar/method.ts';
import { formatInstant } from '../instant.ts';
import { inspect } from './inspect-symbol.ts';

/**
 * What decided how long a URL lives. `asked`: nothing trimmed it; `policy`: its default was taken.
 * @public
 */
export type LifetimeLimiter = 'asked' | 'policy' | 'store' | 'credentials' | 'end-time';

/** Methods that are signed: a service completes uploads with POST, but hands out none. */
export type SignedMethod = Method | 'POST';

/** What a {@link PresignedUrl} is made of. */
export interface PresignedUrlParts<M extends SignedMethod = Method> {
  readonly method: M;
  readonly requiredHeaders: Readonly<Record<string, string>>;
  readonly expiresAtMs: number;
  readonly limitedBy: LifetimeLimiter;
  readonly origin: string;
  readonly path: string;
  /** Canonical query without the signature. */
  readonly query: string;
  /** @default 'X-Amz-Signature' */
  readonly signatureName?: 'X-Amz-Signature' | 'Signature';
  readonly signature: string;
}

/**
 * A URL that opens one object for one method until `expiresAt`. It is a secret: JSON, template literals,
 * `String()`, `inspect` and spreading show host, key and expiry only. {@link PresignedUrl.reveal} is the one way out.
 * @public
 */
export class PresignedUrl<M extends SignedMethod = Method> {
  readonly method: M;
  /** Lower-case names; the client must send exactly these values, or the store refuses. */
  readonly requiredHeaders: Readonly<Record<string, string>>;
  /** What decided how long the URL lives. */
  readonly limitedBy: LifetimeLimiter;
  readonly #parts: PresignedUrlParts<M>;

  /** @internal */
  constructor(parts: PresignedUrlParts<M>) {
    this.method = parts.method;
    this.requiredHeaders = parts.requiredHeaders;
    this.limitedBy = parts.limitedBy;
    this.#parts = parts;
  }

  /** RFC 3339 in UTC with whole seconds: the first instant at which the URL no longer works. */
  get expiresAt(): string {
    return formatInstant(this.#parts.expiresAtMs);
  }

  /** The URL itself. Hand it to the one who asked for it and to nobody else. */
  reveal(): string {
    const { query, signature } = this.#parts;
    return `${this.#place()}?${query}&${this.#signatureName()}=${signature}`;
  }

  toString(): string {
    return `${this.method} ${this.#redacted()} (until ${this.expiresAt})`;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return {
      method: this.method,
      url: this.#redacted(),
      requiredHeaders: this.requiredHeaders,
      expiresAt: this.expiresAt,
      limitedBy: this.limitedBy,
    };
  }

  [inspect](): string {
    return `PresignedUrl(${this.toString()})`;
  }

  #place(): string {
    return `${this.#parts.origin}${this.#parts.path}`;
  }

  #redacted(): string {
    return `${this.#place()}?${this.#signatureName()}=REDACTED`;
  }

  #signatureName(): string {
    return this.#parts.signatureName ?? 'X-Amz-Signature';
  }
}
