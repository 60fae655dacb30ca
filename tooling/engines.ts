/**
 * Starts the engines tests ask for, once per run, and tells each test of them through `inject('engines')`.
 * An engine that cannot be had is told of too: the tests that require it fail with what to install.
 */
import {
  chosenGroups,
  type EngineDescriptions,
  type EngineGroup,
  type EngineName,
  existingS3,
  obtainHelm,
  obtainKubernetes,
  obtainPrometheus,
  startChromiumEngine,
  startKubernetes,
  startRedis,
  startSeaweedfs,
  startVersitygw,
} from '@valetkey/testbed';
import type { TestProject } from 'vitest/node';

interface Started {
  readonly description: unknown;
  readonly stop: () => Promise<void>;
}

interface Starter {
  readonly name: EngineName;
  readonly group: EngineGroup;
  readonly start: () => Promise<Started>;
}

const report = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const starters: readonly Starter[] = [
  { name: 'seaweedfs', group: 's3', start: async () => existingS3() ?? startSeaweedfs({ report }) },
  { name: 'versitygw', group: 's3', start: () => startVersitygw(report) },
  { name: 'chromium', group: 'chromium', start: () => startChromiumEngine(report) },
  { name: 'redis', group: 'redis', start: () => startRedis(report) },
  { name: 'kubernetes', group: 'kubernetes', start: () => startKubernetes({ report }) },
  { name: 'helm', group: 'kubernetes', start: helm },
  { name: 'prometheus', group: 'kubernetes', start: prometheus },
];

// Built one after the other, not side by side: each takes all there is of the machine.
async function helm(): Promise<Started> {
  await obtainKubernetes(report);
  return { description: await obtainHelm(report), stop: async () => undefined };
}

async function prometheus(): Promise<Started> {
  await helm();
  return { description: await obtainPrometheus(report), stop: async () => undefined };
}

export default async function startEngines(project: TestProject): Promise<() => Promise<void>> {
  const groups = chosenGroups(process.env['VALETKEY_TEST_ENGINES'], report);
  const outcomes = await Promise.all(starters.map((starter) => outcomeOf(starter, groups)));
  const engines: Record<string, unknown> = {};
  const absent: Record<string, string> = {};
  for (const { name, started, reason } of outcomes) {
    if (started) engines[name] = started.description;
    else absent[name] = reason;
  }
  project.provide('engines', { ...engines, absent } satisfies EngineDescriptions);
  return async () => {
    await Promise.all(outcomes.map(async ({ started }) => started?.stop()));
  };
}

type Outcome = { name: EngineName } & (
  | { started: Started; reason?: undefined }
  | { started?: undefined; reason: string }
);

const outcomeOf = async (
  { name, group, start }: Starter,
  groups: ReadonlySet<EngineGroup>,
): Promise<Outcome> => {
  if (!groups.has(group)) return { name, reason: `${name} was left out by VALETKEY_TEST_ENGINES` };
  try {
    return { name, started: await start() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(reason);
    return { name, reason };
  }
};
