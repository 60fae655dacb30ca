/**
 * `npm run bench`: every `*.bench.ts` in turn, alone on the machine, each beside its peers in the same run.
 * `npm run bench -- presign` runs those whose path contains `presign`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const [filter = '', ...args] = process.argv.slice(2);
const files = globSync('{packages,apps}/*/bench/*.bench.ts')
  .filter((file) => file.includes(filter))
  .sort();
if (files.length === 0) {
  process.stderr.write(`no benchmark has '${filter}' in its path\n`);
  process.exitCode = 2;
}
for (const file of files) {
  process.stdout.write(`\n# ${file}\n`);
  const { status } = spawnSync(process.execPath, [...process.execArgv, file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
