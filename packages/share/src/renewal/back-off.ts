const firstMs = 1000;
const longestMs = 300_000;

/**
 * How long to wait after a transient failure, in milliseconds: 1 s·2ⁿ, at most 5 minutes and at most a quarter
 * of what is left of the published URLs.
 * @public
 */
export function backOffMs(failedAttempts: number, leftMs: number | undefined): number {
  const exponential = Math.min(firstMs * 2 ** Math.min(Math.max(failedAttempts - 1, 0), 20), longestMs);
  if (leftMs === undefined || leftMs <= 0) return exponential;
  return Math.max(Math.min(exponential, leftMs / 4), firstMs);
}
