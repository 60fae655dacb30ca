import type { Clock } from '../clock.ts';
import type { Credentials } from '../signing/credentials.ts';

/** Keys with less life left than this are fetched anew before they sign, in milliseconds. */
const refreshMs = 5 * 60_000;

/**
 * Keeps credentials that say when they end until shortly before it; those that do not are asked for each time,
 * since only their source knows when they change. Callers at the same moment share one fetch. When a refresh fails
 * while the old ones still live, the old ones serve.
 */
export function cacheCredentials(
  fetch: () => Promise<Credentials>,
  clock: Clock,
): () => Promise<Credentials> {
  let kept: Credentials | undefined;
  let fetching: Promise<Credentials> | undefined;
  const leftMs = (credentials: Credentials | undefined) =>
    credentials?.expiresAtMs === undefined ? 0 : credentials.expiresAtMs - clock.now();
  const refresh = async () => {
    try {
      kept = await fetch();
      return kept;
    } catch (error) {
      if (kept !== undefined && leftMs(kept) > 0) return kept;
      throw error;
    } finally {
      fetching = undefined;
    }
  };
  return async () => {
    if (kept !== undefined && leftMs(kept) > refreshMs) return kept;
    return (fetching ??= refresh());
  };
}
