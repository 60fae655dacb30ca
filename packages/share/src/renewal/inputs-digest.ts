import { sha256Hex, type Grant, type Store } from '@valetkey/core';
import type { Share } from '../v1alpha1/share.ts';

/** What, when it changes, makes a published Secret stale. */
interface DigestInputs {
  readonly share: Share;
  readonly store: Store;
  readonly grants: ReadonlyMap<string, Grant>;
  /** Who signs: a role, an access key id, or the fingerprint of a key; never a secret. */
  readonly signer: string;
}

/**
 * Digest of the resolved inputs: grants, endpoint, signer's identity, layout and template. An unrelated label or
 * policy edit leaves it as it is, so nothing is signed anew.
 */
export function inputsDigest({ share, store, grants, signer }: DigestInputs): string {
  const { target, renewal } = share.spec;
  const resolved = [
    [...grants].map(([name, { policy: _policy, ...terms }]) => [name, sorted(terms)]),
    [store.publicEndpoint, store.region, store.addressing, store.maxLifetimeSeconds ?? null],
    signer,
    [target.layout, sorted(target.template?.labels ?? {}), sorted(target.template?.annotations ?? {})],
    renewal?.before ?? null,
  ];
  return sha256Hex(JSON.stringify(resolved));
}

/** The same value whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
