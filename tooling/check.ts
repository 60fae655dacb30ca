import { checkSteps } from './check-steps.ts';
import { runSteps } from './step.ts';

if (!(await runSteps(checkSteps))) process.exitCode = 1;
