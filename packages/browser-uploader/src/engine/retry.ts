import type { Environment } from './environment.ts';
import { UploadError } from './upload-error.ts';

const baseMs = 500;
const capMs = 30_000;
/** From the first failure of a step to its last try. */
const budgetMs = 120_000;

/** What retrying needs. */
export interface RetryContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/**
 * Runs a step until it succeeds, fails for good, or two minutes of failing are over. Waits with full jitter
 * (Brooker, "Exponential Backoff And Jitter"), at least as long as the other side asked for; being offline is a
 * pause that costs nothing.
 */
export async function withRetries<T>(
  { environment, signal }: RetryContext,
  step: (attempt: number) => Promise<T>,
): Promise<T> {
  let firstFailureMs: number | undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await step(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UploadError) || !error.retryable) throw error;
      if (!environment.isOnline()) {
        await environment.untilOnline(signal);
        firstFailureMs = undefined;
        continue;
      }
      firstFailureMs ??= environment.now();
      const waitMs = Math.max(
        Math.ceil(environment.random() * Math.min(capMs, baseMs * 2 ** attempt)),
        error.retryAfterMs ?? 0,
      );
      if (environment.now() + waitMs - firstFailureMs > budgetMs) throw error;
      await environment.sleep(waitMs, signal);
    }
  }
}
