/** Sizes, instants and durations as people read them. */
const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** `1.2 MB`, in powers of 1024, as Uppy's Dashboard above it counts. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 };
  return `${new Intl.NumberFormat('en', digits).format(value)} ${units[unit] ?? ''}`;
}

/** In the reader's own zone, which is named. */
export function formatTime(epochMs: number): string {
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' }).format(epochMs);
}

/** `2 days`, `1 hour 30 minutes`, `45 seconds`: the two largest units, rounded down. */
export function formatDuration(totalSeconds: number): string {
  const seconds = Math.max(0, Math.floor(totalSeconds));
  const parts = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 seconds';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}
