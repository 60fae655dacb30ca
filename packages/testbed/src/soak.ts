/**
 * A soak runs properties at full count. Each says on one line of JSON what it tried; `pnpm soak` gathers the lines
 * into a table.
 */

/** A property and what it counts. */
export interface SoakProperty {
  readonly name: string;
  /** Tries that often; throws with the counterexample. Gives what it counted beside, such as how many were refused. */
  readonly run: (
    runs: number,
  ) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
  /** Tries at full count; `VALETKEY_PROPERTY_RUNS` says otherwise. */
  readonly runs: number;
}

/** Runs the properties in turn. One that fails does not keep the later ones from telling what they found. */
export async function soak(properties: readonly SoakProperty[]): Promise<void> {
  for (const { name, run, runs: fullCount } of properties) {
    const runs = Number(process.env['VALETKEY_PROPERTY_RUNS'] ?? fullCount);
    const startedAt = performance.now();
    try {
      tell({ property: name, runs, failed: 0, counts: await run(runs) }, startedAt);
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      tell({ property: name, runs, failed: 1, counts: {} }, startedAt);
    }
  }
}

function tell(line: object, startedAt: number): void {
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  process.stdout.write(`${JSON.stringify({ ...line, seconds })}\n`);
}
