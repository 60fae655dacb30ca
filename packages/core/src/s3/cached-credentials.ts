import type { Clock } from '../clock.ts';
import { ValetkeyError } from '../errors.ts';
import { formatInstant } from '../instant.ts';
import type { Credentials } from '../signing/credentials.ts';
import { noAnswer, startFetch, type BoundedFetch, type FetchOutcome } from './bounded-fetch.ts';

/** Keys with less life left than this are fetched anew before they sign, in milliseconds. */
const refreshMs = 5 * 60_000;
/** What a URL's lifetime leaves of the keys that signed it, in milliseconds. */
const marginMs = 60_000;
/** Pause between tries while the keys at hand still sign, and after a slow failure, in milliseconds. */
const retryMs = 10_000;
/** Fetches that may hang at once, each given up on before the next: a process that never ends is not started without end. */
const maxUnanswered = 4;
/** Callers that wait for a slow source at once; a service has places left for those of its other stores. */
const maxWaiting = 64;

/**
 * Fetches credentials when they are needed; called once per signing, so that rotation is seen. Who says how long
 * the URL shall live (in seconds) gets keys that live longer, where their source can give such.
 * @public
 */
export type CredentialProvider = (lifetimeSeconds?: number) => Promise<Credentials>;

/** What is known of where keys come from. */
export interface CachedSource {
  readonly fetch: () => Promise<Credentials>;
  readonly clock: Clock;
  /**
   * Each fetch starts a new session of full length, so it pays to renew early. Otherwise keys are whatever their
   * source has just then, and new ones come when it has them.
   */
  readonly isSession: boolean;
}

/**
 * Keeps credentials that say when they end; those that do not are asked for each time, since only their source
 * knows when they change. Sessions are renewed when less is left than the URL's lifetime and a margin, at most half
 * a session; other keys five minutes before their end. Callers at the same moment share one fetch. Keys that outlive
 * the URL serve while it goes on; keys that would cut it short serve when it takes longer than a second, and at once
 * while the source is known to be slow. When it fails, keys that still live serve, and the source is left alone for a
 * moment; so it is when it failed slowly and no keys are left. Nobody waits longer than a minute,
 * and no more than 64 longer than a second.
 * @throws (the provider) what `fetch` throws; ValetkeyError `credentials-expired` for keys that have ended already,
 * `credentials-unavailable` when no answer comes
 */
export function cacheCredentials({ fetch, clock, isSession }: CachedSource): CredentialProvider {
  let kept: Credentials | undefined;
  let fullMs = 0;
  let fetching: BoundedFetch | undefined;
  let unanswered = 0;
  let waiting = 0;
  let notBeforeMs = 0;
  let slowFailure: { readonly error: unknown } | undefined;
  const leftMs = (credentials: Credentials | undefined) =>
    credentials?.expiresAtMs === undefined ? 0 : credentials.expiresAtMs - clock.now();
  const neededMs = (lifetimeSeconds: number | undefined) => {
    if (!isSession) return refreshMs;
    return Math.min(lifetimeSeconds === undefined ? fullMs : lifetimeSeconds * 1000 + marginMs, fullMs / 2);
  };
  const fetchLiving = async () => {
    if (unanswered >= maxUnanswered) throw noAnswer();
    unanswered += 1;
    try {
      return notEnded(await fetch(), clock.now());
    } finally {
      unanswered -= 1;
    }
  };
  const note = (outcome: FetchOutcome, isSlow: boolean) => {
    fetching = undefined;
    notBeforeMs = clock.now() + retryMs;
    slowFailure = 'error' in outcome && isSlow ? outcome : undefined;
    if ('error' in outcome) return;
    kept = outcome.keys;
    fullMs = leftMs(kept);
  };
  const waitFor = async ({ soon, outcome }: BoundedFetch) => {
    if (waiting >= maxWaiting) return soon;
    waiting += 1;
    try {
      return await outcome;
    } finally {
      waiting -= 1;
    }
  };
  return async (lifetimeSeconds) => {
    const left = leftMs(kept);
    if (kept !== undefined && left > neededMs(lifetimeSeconds)) return kept;
    if (clock.now() < notBeforeMs) {
      if (kept !== undefined && left > (slowFailure === undefined ? marginMs : 0)) return kept;
      if (slowFailure !== undefined) throw slowFailure.error;
    }
    fetching ??= startFetch(fetchLiving, note);
    const isOutlived = lifetimeSeconds !== undefined && left > lifetimeSeconds * 1000 + marginMs;
    const isSlow = slowFailure !== undefined || fetching.isSlow();
    if (kept !== undefined && left > marginMs && (isOutlived || isSlow)) return kept;
    const outcome = await (left > marginMs ? fetching.soon : waitFor(fetching));
    if ('keys' in outcome) return outcome.keys;
    if (kept !== undefined && leftMs(kept) > 0) return kept;
    throw outcome.error;
  };
}

function notEnded(credentials: Credentials, nowMs: number): Credentials {
  const { expiresAtMs } = credentials;
  if (expiresAtMs === undefined || expiresAtMs > nowMs) return credentials;
  throw new ValetkeyError('credentials-expired', {
    field: 'credentials',
    expected: 'keys that still work',
    got: `keys that ended at ${formatInstant(expiresAtMs)}`,
    hint: 'Look at what hands them out: it gave keys that had ended already.',
  });
}
