import { createHash, timingSafeEqual } from 'node:crypto';

import type { Subject } from '@valetkey/core';

import type { AuthSettings } from './server-schema.ts';

const maxTokenLength = 4096;

/**
 * Knows who asks. A bearer token that no entry knows is nobody, even where anonymous callers are let in: whoever
 * shows a token means to be somebody.
 */
export function createAuthenticate(
  entries: readonly AuthSettings[],
): (request: Request) => Subject | undefined {
  const tokens = entries
    .filter((entry) => entry.kind === 'static')
    .map(({ id, sha256, claims = {} }) => ({
      digest: Buffer.from(sha256, 'hex'),
      subject: { kind: 'user', id, claims } as const,
    }));
  const takesAnonymous = entries.some(({ kind }) => kind === 'anonymous');
  return (request) => {
    const header = request.headers.get('authorization');
    if (header === null)
      return takesAnonymous ? { kind: 'anonymous', id: 'anonymous', claims: {} } : undefined;
    const token = /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1];
    if (token === undefined || token.length > maxTokenLength) return undefined;
    const digest = createHash('sha256').update(token).digest();
    // Every entry is compared, so that the time tells nothing of which one it was.
    let known: Subject | undefined;
    for (const entry of tokens) if (timingSafeEqual(entry.digest, digest)) known = entry.subject;
    return known;
  };
}
