import type { BucketName, ObjectKey } from '../grammar/brands.ts';
import type { Method } from '../grammar/method.ts';

declare const grantBrand: unique symbol;

/**
 * The terms of a grant before somebody vouched for them.
 * @internal
 */
export interface GrantTerms {
  readonly method: Method;
  readonly bucket: BucketName;
  readonly key: ObjectKey;
  /** Signed query; absent means "whatever is current". */
  readonly versionId?: string | undefined;
  /** Seconds, 1…604800: what was asked, or the policy's default. Stores, credentials and end times may still trim it. */
  readonly lifetimeSeconds: number;
  /** `policy` when the default was taken, `asked` when the caller named it. */
  readonly lifetimeFrom: 'asked' | 'policy';
  /** Never valid past this instant (milliseconds since the epoch): the policy's or the Share's end time. */
  readonly notAfterMs?: number | undefined;
  /** Downloads signed within one such window have the same URL; see `SigningTime`. Absent: each its own. */
  readonly cacheWindowSeconds?: number | undefined;
  /** Lower-case names; all of them are signed and must be sent exactly. */
  readonly headers: Readonly<Record<string, string>>;
  /** `response-content-type` and its like; all of them are signed. */
  readonly query: Readonly<Record<string, string>>;
  /** Name of the policy that allowed it; absent for an owner's grant. */
  readonly policy?: string | undefined;
}

/**
 * An allowed request with every term fixed. Made by `evaluate` (a policy allowed it) and by `ownerGrant`
 * (the caller holds the credentials), and in no other way: services can sign nothing else.
 * @public
 */
export type Grant = GrantTerms & { readonly [grantBrand]: true };

/**
 * Vouches for terms. Only `evaluate` and `ownerGrant` may call it; the import rules see to it.
 * @internal
 */
export function toGrant(terms: GrantTerms): Grant {
  return Object.freeze(terms) as Grant;
}
