/**
 * Tells keys apart without keeping them. A key may be changed under the same access key id, and what was signed with the
 * one before is then refused: Shares have to be signed anew, also by a replica that has never seen the old key.
 */
import { scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

import type { SigningCredentials } from '@valetkey/core';

const derive = promisify<string, string, number, ScryptOptions, Buffer>(scrypt);
const bytes = 16;
/** About 10 ms each: a cluster may have a thousand stores. */
const effort: ScryptOptions = { cost: 4096 };

/** See {@link createKeyFingerprints}. */
export type KeyFingerprints = (place: string, keys: SigningCredentials) => Promise<string>;

/**
 * Creates the function that gives the same short text for the same keys, everywhere and always. It goes, hashed once more
 * with everything else, into a status that many may read; whoever guesses at a weak key by it pays scrypt for each guess.
 * We pay once for each change at a place.
 */
export function createKeyFingerprints(): KeyFingerprints {
  const known = new Map<string, { readonly secret: string; readonly fingerprint: Promise<string> }>();
  return (place, { accessKeyId, secretAccessKey, sessionToken = '' }) => {
    const secret = JSON.stringify([accessKeyId, secretAccessKey, sessionToken]);
    const last = known.get(place);
    if (last?.secret === secret) return last.fingerprint;
    const fingerprint = derive(secret, accessKeyId, bytes, effort).then((hash) => hash.toString('base64url'));
    known.set(place, { secret, fingerprint });
    return fingerprint;
  };
}
