import { isOutage } from '../../kube/outage.ts';
import { createBackOff } from '../../runtime/back-off.ts';
import { createController, type Controller } from '../../runtime/controller.ts';
import type { Priority } from '../../runtime/fair-lanes.ts';
import { createRateLimitingQueue } from '../../runtime/rate-limiting-queue.ts';
import { wait, type Timers } from '../../runtime/timer.ts';
import { createTokenBucket } from '../../runtime/token-bucket.ts';
import { createSecretCheck, type SecretCheckOptions } from './secret-check.ts';
import { holdsUrls, type CachedShare } from './share-caches.ts';

/** A quarter of the connections: a renewal that is due never waits for a check. */
const workers = 4;
/** A tenth of what an API server bears, however many Shares a successor has to ask about. */
const pace = { perSecond: 100, burst: workers };
/** All checks rest so long when an API server is away or overloaded: what it bears is for what is due. */
const restMs = { baseMs: 10_000, maxMs: 60_000 };

/** What pacing needs. */
export interface PacedChecksOptions extends SecretCheckOptions {
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly retryAfterMs: (error: unknown) => number | 'never' | undefined;
  readonly onError: (key: string, error: unknown) => void;
}

/** Checks of Secrets that visits have asked for. */
export interface PacedChecks extends Controller {
  /** Asks for a check of this Share's Secret. */
  readonly add: (key: string) => void;
}

/**
 * Creates the controller that checks the Secrets of Shares, at most so many a second, and none for a while after an
 * API server could not or would not answer one.
 */
export function createPacedChecks(options: PacedChecksOptions): PacedChecks {
  const { caches, timers, random, retryAfterMs, onError } = options;
  const queue = createRateLimitingQueue({
    timers,
    priorityOf: (key) => toPriority(caches.shares.get(key)),
  });
  const bucket = createTokenBucket({ timers, ...pace });
  const backOff = createBackOff({ ...restMs, random });
  const never = new AbortController().signal;
  let restsUntilMs = 0;
  const restLeftMs = (): number => restsUntilMs - timers.elapsedMs();
  const check = createSecretCheck(options);
  const controller = createController({
    name: 'secret-check',
    queue,
    timers,
    workers,
    async reconcile(key) {
      if (restLeftMs() <= 0) await wait(timers, bucket.reserve(), never);
      // Meanwhile another check may have begun a rest. It is not waited for here: a visit must end when the term does.
      const requeueAfterMs = restLeftMs();
      if (requeueAfterMs > 0) return { requeueAfterMs };
      try {
        await check(key);
        backOff.reset();
        return undefined;
      } catch (error) {
        // Those that were under way together are one failure.
        if (isOutage(error) && restLeftMs() <= 0) restsUntilMs = timers.elapsedMs() + backOff.next();
        throw error;
      }
    },
    retryAfterMs,
    onError,
  });
  return { ...controller, add: (key) => queue.add(key) };
}

/** First those whose status tells of no URLs: what is there all the same may be denied them. */
function toPriority(share: CachedShare | undefined): Priority {
  return { lane: share !== undefined && holdsUrls(share) ? 'routine' : 'urgent', deadlineMs: 0 };
}
