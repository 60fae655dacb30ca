import { Presets, SingleBar } from 'cli-progress';
import type { Io } from '../io.ts';
import { printable } from '../printable.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const maxLabelCharacters = 32;

/** Bytes on their way, drawn on a terminal and nowhere else. */
export interface Progress {
  /** Bytes from the beginning; may go back when something is sent again. */
  readonly set: (bytes: number) => void;
  /** Ends the drawing and gives the cursor back. */
  readonly stop: () => void;
}

/** Begins to draw, where standard error is a terminal. */
export function startProgress(
  io: Io,
  { label, totalBytes }: { readonly label: string; readonly totalBytes?: number | undefined },
): Progress {
  const stream = io.streams.progress;
  if (stream === undefined) return { set: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      stream,
      format:
        totalBytes === undefined
          ? '{label} {value}'
          : '{label} {bar} {percentage} % {value} of {total} {eta_formatted}',
      formatValue: (value, _options, type) =>
        type === 'percentage'
          ? `${value}`.padStart(3)
          : type === 'value' || type === 'total'
            ? toSize(value)
            : `${value}`,
      hideCursor: true,
      etaBuffer: 50,
      // Interruptions are the command's own affair.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(totalBytes ?? 0, 0, { label: printable(label).slice(0, maxLabelCharacters) });
  return { set: (bytes) => bar.update(bytes), stop: () => bar.stop() };
}

/** A number of bytes for people: `1.5 MiB`. */
export function toSize(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? 'B'}`;
}
