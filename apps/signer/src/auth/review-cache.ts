import { createHash } from 'node:crypto';

import { ValetkeyError, type Clock, type Subject } from '@valetkey/core';

/** How long an answer is believed: a token that was taken back opens nothing after this. */
const keptMs = 10_000;
const maxEntries = 10_000;
/** Questions under way. With an API server that does not answer, more would only wait behind them. */
const maxAsked = 256;

interface Entry {
  readonly untilMs: number;
  readonly subject: Subject | undefined;
}

/**
 * Asks once for tokens that come again and again, also when they come together. Tokens are kept as hashes only; a failure
 * is not kept, and tokens that nobody issued do not push those out that somebody did.
 * @throws ValetkeyError `identity-unavailable` when too many are asked about already, and as `review`
 */
export function cacheReviews(
  review: (token: string) => Promise<Subject | undefined>,
  clock: Clock,
): (token: string) => Promise<Subject | undefined> {
  const asked = new Map<string, Promise<Subject | undefined>>();
  const [known, unknown] = [new Map<string, Entry>(), new Map<string, Entry>()];

  const ask = async (key: string, token: string): Promise<Subject | undefined> => {
    const askedMs = clock.now();
    try {
      const subject = await review(token);
      known.delete(key);
      unknown.delete(key);
      keep(subject === undefined ? unknown : known, key, { untilMs: askedMs + keptMs, subject });
      return subject;
    } finally {
      asked.delete(key);
    }
  };
  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64url');
    const kept = known.get(key) ?? unknown.get(key);
    if (kept !== undefined && kept.untilMs > clock.now()) return kept.subject;
    const running = asked.get(key);
    if (running !== undefined) return running;
    if (asked.size >= maxAsked) throw tooMany();
    const asking = ask(key, token);
    asked.set(key, asking);
    return asking;
  };
}

function keep(entries: Map<string, Entry>, key: string, entry: Entry): void {
  entries.set(key, entry);
  // The oldest stands first.
  for (const oldest of entries.keys()) {
    if (entries.size <= maxEntries) break;
    entries.delete(oldest);
  }
}

function tooMany(): ValetkeyError {
  return new ValetkeyError('identity-unavailable', {
    field: 'TokenReview',
    expected: `fewer than ${maxAsked} tokens under review`,
    got: 'as many',
  });
}
