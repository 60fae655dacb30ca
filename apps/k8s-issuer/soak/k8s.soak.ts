/**
 * The issuer through every fault, at the design's sizes and with its own timings: verdicts with margins, the matrix of
 * faults, and what kubectl shows. `npm run soak -- k8s`; `-- k8s --small` runs what `npm test` runs, and
 * `-- k8s --only 'API server' --times 5` only some faults, so often. History and logs stay in `bench-results/k8s-soak`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { startS3 } from '@valetkey/testbed';

import { smokePlan, soakPlan } from './chaos/plan.ts';
import { runChaos } from './chaos/run-chaos.ts';
import { checkFile } from './checker/check-history.ts';

const report = (line: string) => process.stderr.write(`${line}\n`);
const { small, only, times } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    only: { type: 'string' },
    times: { type: 'string', default: '1' },
  },
}).values;
const plan = small ? smokePlan : soakPlan;
const folder = 'bench-results/k8s-soak';
const startMs = performance.now();
const s3 = await startS3({ report });
try {
  const { faults, transcript, history } = await runChaos({
    plan,
    s3: s3.description,
    folder,
    report,
    ...(only === undefined ? {} : { only: { name: only, times: Number(times) } }),
  });
  const verdicts = checkFile(history, plan);
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  console.table(faults.map((each) => ({ ...each, seconds: Math.round(each.seconds) })));
  console.table(
    verdicts.map(({ invariant, holds, checked, margin }) => ({ invariant, holds, checked, margin })),
  );
  process.stdout.write(`${transcript}\n`);
  for (const { invariant, holds, checked, violations } of verdicts) {
    for (const violation of violations) process.stdout.write(`${invariant}: ${violation}\n`);
    const counts = { [holds ? 'checked' : 'violations']: holds ? checked : violations.length };
    process.stdout.write(
      `${JSON.stringify({ property: invariant, runs: checked, failed: holds ? 0 : 1, counts, seconds })}\n`,
    );
    if (!holds) process.exitCode = 1;
  }
  writeFileSync(`${folder}/verdicts.json`, `${JSON.stringify({ plan, verdicts, faults }, undefined, 2)}\n`);
} finally {
  await s3.stop();
}
