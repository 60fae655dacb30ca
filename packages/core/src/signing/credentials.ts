import { inspect } from './inspect-symbol.ts';

/**
 * What the signer needs of credentials; any object of this shape will do.
 * @public
 */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When the keys stop working, in milliseconds since the epoch; absent for keys that do not expire. */
  readonly expiresAtMs?: number | undefined;
}

/**
 * Keys that sign. The secret parts are readable by property and by nothing else: not by `JSON.stringify`,
 * `String()`, template literals, object spread or `inspect`.
 * @public
 */
export class Credentials implements SigningCredentials {
  readonly accessKeyId: string;
  /** When the keys stop working, in milliseconds since the epoch; absent for keys that do not expire. */
  readonly expiresAtMs: number | undefined;
  readonly #secretAccessKey: string;
  readonly #sessionToken: string | undefined;

  constructor(keys: SigningCredentials) {
    this.accessKeyId = keys.accessKeyId;
    this.expiresAtMs = keys.expiresAtMs;
    this.#secretAccessKey = keys.secretAccessKey;
    this.#sessionToken = keys.sessionToken;
  }

  get secretAccessKey(): string {
    return this.#secretAccessKey;
  }

  get sessionToken(): string | undefined {
    return this.#sessionToken;
  }

  toString(): string {
    return `Credentials(${this.accessKeyId})`;
  }

  toJSON(): { readonly accessKeyId: string } {
    return { accessKeyId: this.accessKeyId };
  }

  [inspect](): string {
    return this.toString();
  }
}
