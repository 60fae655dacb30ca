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

/** What pacing needs. */
export interface PacedChecksOptions extends SecretCheckOptions {
  readonly timers: Timers;
  readonly retryAfterMs: (error: unknown) => number | 'never' | undefined;
  readonly onError: (key: string, error: unknown) => void;
}

/** Checks of Secrets that visits have asked for. */
export interface PacedChecks extends Controller {
  /** Asks for a check of this Share's Secret. */
  readonly add: (key: string) => void;
}

/** Creates the controller that checks the Secrets of Shares, at most so many a second. */
export function createPacedChecks(options: PacedChecksOptions): PacedChecks {
  const { caches, timers, retryAfterMs, onError } = options;
  const queue = createRateLimitingQueue({
    timers,
    priorityOf: (key) => toPriority(caches.shares.get(key)),
  });
  const bucket = createTokenBucket({ timers, ...pace });
  const never = new AbortController().signal;
  const check = createSecretCheck(options);
  const controller = createController({
    name: 'secret-check',
    queue,
    timers,
    workers,
    async reconcile(key) {
      await wait(timers, bucket.reserve(), never);
      await check(key);
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
