import { join } from 'node:path';

import { requireEngine, temporaryFolder, type TemporaryFolder } from '@valetkey/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { runChaos } from './chaos/run-chaos.ts';
import { smokePlan } from './chaos/plan.ts';
import { checkFile } from './checker/check-history.ts';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('soak');
});
afterAll(() => folder.remove());

test(
  'two replicas keep 200 Shares alive through every fault, and overreach in none',
  { timeout: 480_000 },
  async () => {
    requireEngine(inject('engines'), 'kubernetes');
    const s3 = requireEngine(inject('engines'), 'seaweedfs');
    const file = join(folder.path, 'history.jsonl');
    const report = (line: string) => process.stdout.write(`${line}\n`);
    const { faults } = await runChaos({ plan: smokePlan, s3, file, report });
    expect(faults.filter(({ outcome }) => outcome.startsWith('FAILED'))).toEqual([]);
    expect(checkFile(file, smokePlan).filter(({ holds }) => !holds)).toEqual([]);
  },
);
