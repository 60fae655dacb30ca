/**
 * Uploads in a real Chromium into real S3s: ours beside the stock `@uppy/aws-s3` and raw `XMLHttpRequest`s, each with
 * its own defaults, in turns on the same page. `npm run bench -- upload` runs every row, `npm run bench -- upload loopback`
 * those whose name contains the word.
 */
import { mkdirSync, writeFileSync } from 'node:fs';

import { startChromiumEngine, startSeaweedfs } from '@valetkey/testbed';

import { rows, type Bar } from './upload/rows.ts';

const [filter = ''] = process.argv.slice(2);
const report = () => undefined;
const [seaweedfs, chromium] = [await startSeaweedfs({ report }), await startChromiumEngine(report)];
const results: { readonly row: string; readonly bars: readonly Bar[]; readonly table: object }[] = [];
try {
  for (const [row, run] of Object.entries(rows)) {
    if (!row.includes(filter)) continue;
    const { bars, table } = await run({ s3: seaweedfs.description, chromium: chromium.description });
    process.stdout.write(`\n## ${row}\n`);
    console.table(table);
    console.table(bars);
    results.push({ row, bars, table });
  }
} finally {
  await Promise.all([chromium.stop(), seaweedfs.stop()]);
}
mkdirSync('bench-results', { recursive: true });
writeFileSync('bench-results/upload.json', `${JSON.stringify(results, undefined, 2)}\n`);
process.stdout.write(`${JSON.stringify({ bench: 'upload', results })}\n`);
if (results.some(({ bars }) => bars.some(({ met }) => !met))) process.exitCode = 1;
