/** One thing that an upload needs, in the order they depend on each other. @public */
export type Check =
  | 'service'
  | 'signed-in'
  | 'policy'
  | 'clock'
  | 'signing'
  | 'store'
  | 'put'
  | 'etag'
  | 'complete';

/**
 * What came of a check. `skipped`: an earlier one failed.
 * @public
 */
export interface CheckResult {
  readonly check: Check;
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was seen, and what to do about it. Holds no URL's query, no token and no id. */
  readonly detail: string;
}

/**
 * What came of all checks.
 * @public
 */
export interface Diagnosis {
  /** Whether an upload works from this page. */
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
  /** Lines for a console or a report. */
  readonly table: string;
}

const names: readonly Check[] = [
  'service',
  'signed-in',
  'policy',
  'clock',
  'signing',
  'store',
  'put',
  'etag',
  'complete',
];

/** The checks in their order; those that nothing was said of are skipped. */
export function toDiagnosis(said: ReadonlyMap<Check, Omit<CheckResult, 'check'>>): Diagnosis {
  const checks = names.map((check): CheckResult => ({
    check,
    ...(said.get(check) ?? { result: 'skipped', detail: 'An earlier check failed.' }),
  }));
  const lines = checks.map(
    ({ check, result, detail }) => `${check.padEnd(10)} ${result.padEnd(8)} ${detail}`,
  );
  return {
    ok: checks.every(({ result }) => result === 'ok' || result === 'warning'),
    checks,
    table: lines.join('\n'),
  };
}
