import type { Clock } from '../clock.ts';
import { ValetkeyError } from '../errors.ts';
import { formatInstant } from '../instant.ts';
import type { Credentials } from '../signing/credentials.ts';

/** Keys with less life left than this are fetched anew before they sign, in milliseconds. */
const refreshMs = 5 * 60_000;
/** What a URL's lifetime leaves of the keys that signed it, in milliseconds. */
const marginMs = 60_000;
/** Pause between tries while the keys at hand still sign, in milliseconds. */
const retryMs = 10_000;

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
 * a session; other keys five minutes before their end. Callers at the same moment share one fetch. When it fails,
 * keys that still live serve, and the source is left alone for a moment.
 * @throws (the provider) what `fetch` throws; ValetkeyError `credentials-expired` for keys that have ended already
 */
export function cacheCredentials({ fetch, clock, isSession }: CachedSource): CredentialProvider {
  let kept: Credentials | undefined;
  let fullMs = 0;
  let fetching: Promise<Credentials> | undefined;
  let notBeforeMs = 0;
  const leftMs = (credentials: Credentials | undefined) =>
    credentials?.expiresAtMs === undefined ? 0 : credentials.expiresAtMs - clock.now();
  const neededMs = (lifetimeSeconds: number | undefined) => {
    if (!isSession) return refreshMs;
    return Math.min(lifetimeSeconds === undefined ? fullMs : lifetimeSeconds * 1000 + marginMs, fullMs / 2);
  };
  const refresh = async () => {
    try {
      const fetched = notEnded(await fetch(), clock.now());
      kept = fetched;
      fullMs = leftMs(fetched);
      return fetched;
    } catch (error) {
      if (kept !== undefined && leftMs(kept) > 0) return kept;
      throw error;
    } finally {
      fetching = undefined;
      notBeforeMs = clock.now() + retryMs;
    }
  };
  return async (lifetimeSeconds) => {
    const left = leftMs(kept);
    const isEnough = left > neededMs(lifetimeSeconds) || (left > marginMs && clock.now() < notBeforeMs);
    if (kept !== undefined && isEnough) return kept;
    return (fetching ??= refresh());
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
