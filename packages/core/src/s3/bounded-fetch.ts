import { ValetkeyError } from '../errors.ts';
import type { Credentials } from '../signing/credentials.ts';

/** How long somebody waits for new keys who could sign with those at hand, in milliseconds. */
const soonMs = 1000;
/** Longer than all tries of the SDK and than a person takes to type a code, in milliseconds. */
const longestMs = 60_000;

/** How a fetch ended. */
export type FetchOutcome = { readonly keys: Credentials } | { readonly error: unknown };

/** A fetch that has begun, and that nobody waits for without end. */
export interface BoundedFetch {
  /** Ends with the fetch or after a minute; never rejects. */
  readonly outcome: Promise<FetchOutcome>;
  /** Ends with the fetch or after a second; never rejects. */
  readonly soon: Promise<FetchOutcome>;
  /** Whether that second was over before it ended. */
  readonly isSlow: () => boolean;
}

/**
 * Begins a fetch. Its timers keep no process alive, and end with it.
 * @param onEnd told of the outcome before anybody who waits for it
 */
export function startFetch(
  fetch: () => Promise<Credentials>,
  onEnd: (outcome: FetchOutcome, isSlow: boolean) => void,
): BoundedFetch {
  const outcome = Promise.withResolvers<FetchOutcome>();
  const soon = Promise.withResolvers<FetchOutcome>();
  let isSlow = false;
  let isEnded = false;
  const end = (ended: FetchOutcome) => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(slow);
    clearTimeout(late);
    onEnd(ended, isSlow);
    outcome.resolve(ended);
    soon.resolve(ended);
  };
  const slow = setTimeout(() => {
    isSlow = true;
    soon.resolve({ error: noAnswer(soonMs) });
  }, soonMs);
  const late = setTimeout(() => end({ error: noAnswer(longestMs) }), longestMs);
  slow.unref();
  late.unref();
  void fetch().then(
    (keys) => end({ keys }),
    (error: unknown) => end({ error }),
  );
  return { outcome: outcome.promise, soon: soon.promise, isSlow: () => isSlow };
}

/** `credentials-unavailable`: their source has been asked, and says nothing. */
export function noAnswer(waitedMs = longestMs): ValetkeyError {
  return new ValetkeyError('credentials-unavailable', {
    field: 'credentials',
    expected: `keys within ${waitedMs / 1000} s`,
    got: 'no answer',
    hint: 'Look at what hands them out: it was asked and does not answer.',
  });
}
