import type { Environment } from './environment.ts';
import { UploadError } from './upload-error.ts';

const baseMs = 500;
const capMs = 30_000;
/** From the first failure of a step to its last try. */
const budgetMs = 120_000;
/** On a line where one try takes minutes, two of them are no budget. */
const leastFailures = 4;

/** What retrying needs. */
export interface RetryContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/**
 * Runs a step until it succeeds, fails for good, or two minutes of failing are over. Waits with full jitter
 * (Brooker, "Exponential Backoff And Jitter"), at least as long as the other side asked for, and not at all when that
 * is longer; being offline is a pause that costs nothing. A step that was held up on purpose calls `forget`: what failed
 * before it is not counted.
 */
export async function withRetries<T>(
  context: RetryContext,
  step: (attempt: number, forget: () => void) => Promise<T>,
): Promise<T> {
  const { environment, signal } = context;
  let firstFailureMs: number | undefined;
  let failures = 0;
  const forget = () => {
    firstFailureMs = undefined;
    failures = 0;
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await step(attempt, forget);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UploadError) || !error.retryable) throw error;
      if (!environment.isOnline()) {
        await environment.untilOnline(signal);
        forget();
        continue;
      }
      firstFailureMs ??= environment.now();
      const jitterMs = Math.ceil(environment.random() * Math.min(capMs, baseMs * 2 ** failures));
      failures += 1;
      const askedMs = error.retryAfterMs ?? 0;
      if (askedMs > budgetMs) throw error.asFinal(askedMs);
      const isOver = environment.now() + Math.max(jitterMs, askedMs) - firstFailureMs > budgetMs;
      if (isOver && failures >= leastFailures) throw error;
      await (askedMs >= jitterMs ? environment.sleep(askedMs, signal) : sleepOrOnline(context, jitterMs));
    }
  }
}

/** Coming online ends a wait that nobody asked for. */
async function sleepOrOnline({ environment, signal }: RetryContext, ms: number): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const waits = [environment.sleep(ms, either), environment.untilOnline(either)];
  try {
    await Promise.race(waits);
  } finally {
    over.abort();
    await Promise.allSettled(waits);
  }
}
