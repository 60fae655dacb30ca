/** What a URL says of itself. */

/** @public */
export type FindingSeverity = 'error' | 'warning' | 'note';

/** Something about a URL that its owner should know. Holds no signature, token or key. @public */
export interface UrlFinding {
  readonly code: string;
  /** `error`: it cannot work; `warning`: it does something else than is commonly thought; `note`: worth knowing. */
  readonly severity: FindingSeverity;
  readonly message: string;
  readonly fix: string;
}

/** Who made which promise to whom, and for how long. @public */
export interface Explanation {
  readonly kind: 'sigv4' | 'sigv2' | 'cloudfront' | 'unsigned' | 'unreadable';
  readonly scheme?: string;
  readonly host?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** `guessed`: the host is no AWS host, and the first segment is taken for the bucket. */
  readonly addressing?: 'virtual' | 'path' | 'guessed';
  readonly region?: string;
  readonly service?: string;
  /** `temporary` keys end before their URLs do, if the URLs are long. */
  readonly credential?: {
    readonly kind: 'long-term' | 'temporary' | 'unknown';
    readonly accessKeyId: string;
  };
  /** Milliseconds since the epoch. */
  readonly signedAtMs?: number;
  /** Milliseconds since the epoch: the first instant at which it no longer works. */
  readonly expiresAtMs?: number;
  readonly remainingSeconds?: number;
  readonly state?: 'valid' | 'not-yet-valid' | 'expired';
  readonly signedHeaders?: readonly string[];
  /**
   * The methods that it may have been signed for, and which parameter or header says so. The method itself stands
   * nowhere in a URL: absent where nothing gives it away.
   */
  readonly signedFor?: { readonly methods: readonly string[]; readonly because: string };
  /** The pinned version; absent when the URL follows the latest one. */
  readonly versionId?: string;
  readonly findings: readonly UrlFinding[];
}
