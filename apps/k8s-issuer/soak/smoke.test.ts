import { requireEngine } from '@valetkey/testbed';
import { expect, inject, test } from 'vitest';

import { runChaos } from './chaos/run-chaos.ts';
import { smokePlan } from './chaos/plan.ts';
import { checkFile } from './checker/check-history.ts';

/** Stays behind, so that a failure can be explained. */
const folder = new URL('../../../bench-results/k8s-smoke', import.meta.url).pathname;

// Three to four minutes on two cores; a busy machine may take its time.
test(
  'two replicas keep 200 Shares alive through every fault, and overreach in none',
  { timeout: 900_000 },
  async () => {
    requireEngine(inject('engines'), 'kubernetes');
    const s3 = requireEngine(inject('engines'), 'seaweedfs');
    const report = (line: string) => process.stdout.write(`${line}\n`);
    const { faults, history } = await runChaos({ plan: smokePlan, s3, folder, report });
    expect(faults.filter(({ outcome }) => outcome.startsWith('FAILED'))).toEqual([]);
    expect(checkFile(history, smokePlan).filter(({ holds }) => !holds)).toEqual([]);
  },
);
