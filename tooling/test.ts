/**
 * `npm test`: the checks, then every test in one vitest run whose last line counts them.
 */
import { spawnSync } from 'node:child_process';

import { checkSteps } from './check-steps.ts';
import { runSteps } from './step.ts';

const checked = await runSteps(checkSteps);
const tests = spawnSync('vitest', ['run', ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = checked && tests.status === 0 ? 0 : 1;
