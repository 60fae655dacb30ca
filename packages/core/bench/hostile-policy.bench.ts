/** For how long a hostile policy file keeps everybody else waiting before it is refused. Best of several readings. */
import { parseConfiguration } from '../src/s3.ts';
import { hostilePolicyFiles } from '../test/hostile-policy-files.ts';

const readings = 7;
const barMilliseconds = 10;

const rows = hostilePolicyFiles
  .map(([what, text]) => ({ what, characters: text.length, milliseconds: bestOf(text) }))
  .toSorted((a, b) => b.milliseconds - a.milliseconds)
  .map(({ milliseconds, ...row }) => ({
    ...row,
    milliseconds: Number(milliseconds.toFixed(2)),
    bar: barMilliseconds,
    verdict: milliseconds <= barMilliseconds ? 'met' : 'NOT MET',
  }));
console.table(rows);
console.log(JSON.stringify({ bench: 'hostile-policy', node: process.version, rows }));

function bestOf(text: string, times = readings): number {
  return Math.min(
    ...Array.from({ length: times }, () => {
      const start = performance.now();
      if (!isRefused(text)) throw new Error('expected the file to be refused');
      return performance.now() - start;
    }),
  );
}

function isRefused(text: string): boolean {
  try {
    parseConfiguration(text, 'f.yaml');
    return false;
  } catch {
    return true;
  }
}
