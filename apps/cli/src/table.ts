import { printable } from './printable.ts';

const gap = '  ';

/** Rows under headings, for people. */
export function toTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return toColumns([headings.map((heading) => heading.toUpperCase()), ...rows]);
}

/** Rows with their cells aligned; what a terminal would obey is written out. */
export function toColumns(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(printable));
  const widths = lines.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  );
  return lines
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(gap))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
