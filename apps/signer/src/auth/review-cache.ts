import { createHash } from 'node:crypto';

import type { Clock, Subject } from '@valetkey/core';

/** How long an answer is believed: a token that was taken back opens nothing after this. */
const keptMs = 10_000;
const maxEntries = 10_000;

interface Entry {
  readonly untilMs: number;
  readonly subject: Promise<Subject | undefined>;
}

/**
 * Asks once for tokens that come again and again, also when they come together. Tokens are kept as hashes only;
 * a failure is not kept.
 */
export function cacheReviews(
  review: (token: string) => Promise<Subject | undefined>,
  clock: Clock,
): (token: string) => Promise<Subject | undefined> {
  const entries = new Map<string, Entry>();
  return (token) => {
    const nowMs = clock.now();
    const key = createHash('sha256').update(token).digest('base64url');
    const known = entries.get(key);
    if (known !== undefined && known.untilMs > nowMs) return known.subject;
    const subject = review(token);
    const entry = { untilMs: nowMs + keptMs, subject };
    entries.delete(key);
    entries.set(key, entry);
    // The oldest stands first.
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
    subject.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return subject;
  };
}
