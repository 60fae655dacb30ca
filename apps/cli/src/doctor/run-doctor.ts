import { redact, ValetkeyError } from '@valetkey/core';
import { allProbes } from './all-probes.ts';
import type { Observed } from './capability.ts';
import { cleanUp } from './clean-up.ts';
import { createProbeContext, type Patient } from './probe-context.ts';
import { fail, type Finding } from './probe.ts';
import { compareProfile } from './profile-fit.ts';

const cleanUpDeadlineMs = 30_000;

/** One line of the table. */
export interface Row extends Finding {
  readonly name: string;
}

/** All that was found. */
export interface Examination {
  readonly rows: readonly Row[];
  /** Names of the checks that an earlier failure, or the end of the time, made pointless. */
  readonly notTried: readonly string[];
}

/**
 * Tries everything against the live store and tells each row when it is known. Whatever happens, what was made is
 * removed again.
 */
export async function runDoctor(patient: Patient, tell: (row: Row) => void): Promise<Examination> {
  const rows: Row[] = [];
  const add = (name: string, finding: Finding) => {
    const row = { name, ...finding };
    rows.push(row);
    tell(row);
  };
  let tried: readonly string[] = [];
  try {
    tried = await tryAll(patient, add);
  } finally {
    const caller = { ...patient, stop: AbortSignal.timeout(cleanUpDeadlineMs) };
    if (patient.traces.objects.length > 0) {
      const cleaned = await tryOne(() => cleanUp(caller, patient.folder), caller.stop);
      add('clean-up', cleaned ?? unfinished(patient));
    }
  }
  const notTried = allProbes.map(({ name }) => name).filter((name) => !tried.includes(name));
  return { rows, notTried };
}

async function tryAll(
  patient: Patient,
  add: (name: string, finding: Finding) => void,
): Promise<readonly string[]> {
  const context = createProbeContext(patient);
  const tried: string[] = [];
  let observed: Observed = {};
  for (const probe of allProbes) {
    const finding = await tryOne(() => probe.run(context), patient.stop);
    if (finding === undefined) return tried;
    observed = { ...observed, ...finding.observed };
    tried.push(probe.name);
    add(probe.name, finding);
    if (finding.verdict === 'fail' && probe.essential) return tried;
  }
  add('profile', compareProfile(patient.store.profile, observed));
  return tried;
}

/** Undefined when there was no time left for it. */
async function tryOne(run: () => Promise<Finding>, stop: AbortSignal): Promise<Finding | undefined> {
  try {
    return await settle(run);
  } catch (error) {
    if (stop.aborted && error === stop.reason) return undefined;
    throw error;
  }
}

function unfinished({ bucket, folder }: Patient): Finding {
  return fail(
    `not all could be removed within ${cleanUpDeadlineMs / 1000} s`,
    `Remove what is below s3://${bucket}/${folder}, old versions too.`,
  );
}

/** A store that does not answer, or keys that cannot be had, are findings too. */
async function settle(run: () => Promise<Finding>): Promise<Finding> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ValetkeyError)) throw error;
    const { code, expected, got, hint, message } = error;
    const saw = got === undefined ? message : `${code}: expected ${expected ?? 'something else'}, got ${got}`;
    return fail(redact(saw), hint ?? 'Mend this first.');
  }
}
