/**
 * `npm run soak`: every `*.soak.ts` in turn, property and fuzz tests at full count; a table at the end.
 * `npm run soak -- signing` runs those whose path contains `signing`; `VALETKEY_PROPERTY_RUNS` sets another count.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { guardChild } from '@valetkey/testbed';

/** What a soak says of one property on one line of JSON. */
interface PropertyResult {
  readonly property: string;
  readonly runs: number;
  readonly failed: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
}

const [filter = '', ...args] = process.argv.slice(2);
const files = globSync('{packages,apps}/*/soak/*.soak.ts')
  .filter((file) => file.includes(filter))
  .sort();
if (files.length === 0) {
  process.stderr.write(`no soak has '${filter}' in its path\n`);
  process.exitCode = 2;
}
const results: PropertyResult[] = [];
for (const file of files) {
  process.stdout.write(`\n# ${file}\n`);
  if ((await run(file)) !== 0) process.exitCode = 1;
}
console.table(
  results.map(({ property, runs, failed, seconds, counts }) => ({
    property,
    runs,
    failed,
    seconds,
    counted: Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
  })),
);

async function run(file: string): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  guardChild(child);
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    if (line.startsWith('{"property":')) results.push(JSON.parse(line) as PropertyResult);
  }
  await ended;
  return child.exitCode ?? 1;
}
