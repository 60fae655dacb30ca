import { formatInstant } from '../instant.ts';
import { inspect } from './inspect-symbol.ts';
import type { LifetimeLimiter } from './presigned-url.ts';

/** What a {@link SignedPostForm} is made of. */
export interface SignedPostFormParts {
  readonly url: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly expiresAtMs: number;
  readonly limitedBy: LifetimeLimiter;
}

/**
 * A form that uploads one object until `expiresAt`. Its fields are a secret: JSON, template literals, `String()`
 * and `inspect` show address, key and expiry only. {@link SignedPostForm.reveal} is the one way out.
 * @public
 */
export class SignedPostForm {
  /** Where the form is sent, with POST. No secret. */
  readonly url: string;
  readonly limitedBy: LifetimeLimiter;
  readonly #parts: SignedPostFormParts;

  /** @internal */
  constructor(parts: SignedPostFormParts) {
    this.url = parts.url;
    this.limitedBy = parts.limitedBy;
    this.#parts = parts;
  }

  /** RFC 3339 in UTC with whole seconds: the first instant at which the form no longer works. */
  get expiresAt(): string {
    return formatInstant(this.#parts.expiresAtMs);
  }

  /** The fields to be sent in this order, then the file as the field `file`, last. */
  reveal(): Readonly<Record<string, string>> {
    return this.#parts.fields;
  }

  toString(): string {
    return `POST ${this.url} for ${this.#parts.key} (until ${this.expiresAt})`;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const { url, limitedBy, expiresAt } = this;
    return { url, key: this.#parts.key, expiresAt, limitedBy };
  }

  [inspect](): string {
    return `SignedPostForm(${this.toString()})`;
  }
}
