import { createHash, timingSafeEqual } from 'node:crypto';

import type { Subject } from '@valetkey/core';

import type { AuthSettings } from '../auth-schema.ts';
import { toOwnSpace } from './subject-spaces.ts';

type StaticSettings = Extract<AuthSettings, { kind: 'static' }>;

/** Knows the bearer of a token by the token's SHA-256. The time it takes tells nothing of the entries. */
export function createStaticTokens(
  entries: readonly StaticSettings[],
): (token: string) => Subject | undefined {
  const known = entries.map((entry) => ({
    digest: Buffer.from(entry.sha256, 'hex'),
    subject: toOwnSpace({ kind: 'user', id: entry.id, claims: entry.claims ?? {} }, entry, entries),
  }));
  return (token) => {
    const digest = createHash('sha256').update(token).digest();
    let found: Subject | undefined;
    for (const entry of known) if (timingSafeEqual(entry.digest, digest)) found = entry.subject;
    return found;
  };
}
