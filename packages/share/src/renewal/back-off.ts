const firstMs = 1000;
const longestMs = 300_000;

/**
 * How long to wait after a transient failure, in milliseconds: 1 s·2ⁿ, at most {@link longestBackOffMs}.
 * @public
 */
export function backOffMs(failedAttempts: number, leftMs: number | undefined): number {
  const exponential = firstMs * 2 ** Math.min(Math.max(failedAttempts - 1, 0), 20);
  return Math.min(exponential, longestBackOffMs(leftMs));
}

/**
 * The longest that a Share may wait after a failure, in milliseconds: 5 minutes, and a quarter of what is left of
 * the published URLs, but a second at least.
 * @public
 */
export function longestBackOffMs(leftMs: number | undefined): number {
  if (leftMs === undefined || leftMs <= 0) return longestMs;
  return Math.max(Math.min(longestMs, leftMs / 4), firstMs);
}
