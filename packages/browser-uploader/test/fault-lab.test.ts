/**
 * Some faults of the laboratory, on both stores side by side; `npm run soak -- fault-lab` runs all of them. Faults of one
 * store run in turn, for they are scripted by the requests that come.
 */
import { requireEngine } from '@valetkey/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { labFaults } from './fault-lab/faults.ts';
import { startLab, type Lab } from './fault-lab/lab.ts';
import { runCase } from './fault-lab/run-case.ts';

const quick = labFaults.filter(({ isQuick }) => isQuick).map((fault) => [fault.name, fault] as const);

let labs: readonly Lab[] = [];

beforeAll(async () => {
  const engines = inject('engines');
  const chromium = requireEngine(engines, 'chromium');
  const stores = (['seaweedfs', 'versitygw'] as const).map((name) => requireEngine(engines, name));
  labs = await Promise.all(stores.map((store) => startLab(store, chromium)));
});
afterAll(() => Promise.all(labs.map((lab) => lab.stop())));

describe.each(['put', 'multipart'] as const)('a file that travels by %s', (mode) => {
  test.each(quick)('%s: what is told is what the store holds', async (_name, fault) => {
    const outcomes = await Promise.all(labs.map((lab) => runCase(lab, fault, mode)));
    const told = { isFalse: false, isAsExpected: true, isStruck: true, orphans: 0 };
    expect(outcomes).toEqual(labs.map(({ s3 }) => expect.objectContaining({ store: s3.name, ...told })));
  });
});
