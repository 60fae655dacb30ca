import type { JWTVerifyGetKey } from 'jose';

import { createJwks, type JwksParts } from './jwks.ts';

/** Keys of issuers by their address; they outlive a change of the configuration. */
export type Identities = (jwksUrl: string) => JWTVerifyGetKey;

/** Keeps one set of keys for each address. */
export function createIdentities(parts: JwksParts): Identities {
  const sets = new Map<string, JWTVerifyGetKey>();
  return (url) => {
    const keys = sets.get(url) ?? createJwks(url, parts);
    sets.set(url, keys);
    return keys;
  };
}
