const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A length of time for people, in its two largest units: `1h20m`, `3d4h`, `45s`. Milliseconds in. */
export function formatDuration(ms: number): string {
  const whole = Math.abs(ms);
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return '0s';
  let rest = whole;
  return units
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? '' : `${count}${unit}`;
    })
    .join('');
}

/** How far an instant lies ahead or back: `in 40m`, `5m ago`. */
export function formatFromNow(instantMs: number, nowMs: number): string {
  const ms = instantMs - nowMs;
  return ms >= 0 ? `in ${formatDuration(ms)}` : `${formatDuration(ms)} ago`;
}
