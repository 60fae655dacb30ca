/**
 * Every fault of the laboratory × single PUT and parts × both stores, as a matrix and as JSON. `npm run soak -- fault-lab`;
 * a name's part after it runs those faults only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';

import { startChromiumEngine, startSeaweedfs, startVersitygw } from '@valetkey/testbed';

import { labFaults } from '../test/fault-lab/faults.ts';
import { startLab } from '../test/fault-lab/lab.ts';
import { isDefect, runCase, type Outcome } from '../test/fault-lab/run-case.ts';

const [filter = ''] = process.argv.slice(2);
const chosen = labFaults.filter(({ name }) => name.includes(filter));
const modes = ['put', 'multipart'] as const;
const startedAt = performance.now();
const report = () => undefined;

const chromium = await startChromiumEngine(report);
const stores = await Promise.all([startSeaweedfs({ report }), startVersitygw(report)]);
const outcomes: Outcome[] = [];
try {
  // The stores side by side: most of the time is spent waiting.
  await Promise.all(
    stores.map(async ({ description }) => {
      const lab = await startLab(description, chromium.description);
      try {
        for (const fault of chosen) {
          for (const mode of modes) {
            const outcome = await runCase(lab, fault, mode);
            outcomes.push(outcome);
            process.stderr.write(`${description.name} ${mode} ${fault.name}: ${toCell(outcome)}\n`);
          }
        }
      } finally {
        await lab.stop();
      }
    }),
  );
} finally {
  await Promise.all([chromium.stop(), ...stores.map((store) => store.stop())]);
}

console.table(Object.fromEntries(chosen.map(({ name }) => [name, toRow(name)])));
mkdirSync('bench-results', { recursive: true });
writeFileSync('bench-results/fault-lab.json', `${JSON.stringify(outcomes, undefined, 2)}\n`);
const defects = outcomes.filter(isDefect);
if (defects.length > 0) process.exitCode = 1;
process.stdout.write(
  `${JSON.stringify({
    property:
      'fault lab: every reported success has the size and SHA-256 of its source, no upload is left open',
    runs: outcomes.length,
    failed: defects.length === 0 ? 0 : 1,
    counts: {
      'false successes': outcomes.filter(({ isFalse }) => isFalse).length,
      'orphaned uploads': outcomes.reduce((sum, { orphans }) => sum + orphans, 0),
      'other outcomes than expected': outcomes.filter(({ isAsExpected }) => !isAsExpected).length,
    },
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  })}\n`,
);

function toRow(name: string) {
  return Object.fromEntries(
    stores.flatMap(({ description }) =>
      modes.map((mode) => {
        const outcome = outcomes.find(
          (each) => each.fault === name && each.mode === mode && each.store === description.name,
        );
        return [`${description.name} ${mode}`, outcome === undefined ? '' : toCell(outcome)];
      }),
    ),
  );
}

/** `success 1.2 s, ×1.3 bytes, 4 calls` */
function toCell(outcome: Outcome): string {
  const { isFalse, isAsExpected, orphans, secondsToEnd, sentOverSize, signingCalls } = outcome;
  const what = `${isFalse ? 'FALSE ' : ''}${outcome.outcome}${isAsExpected ? '' : ' (not expected)'}`;
  const rest = `${secondsToEnd} s, ×${sentOverSize}, ${signingCalls} calls`;
  return `${what}, ${rest}${orphans > 0 ? `, ${orphans} ORPHANS` : ''}`;
}
