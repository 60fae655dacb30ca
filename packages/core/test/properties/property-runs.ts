/// <reference types="node" />

/** How often a property is tried: a sample among the tests, what the environment says in a soak. */
export function propertyRuns(sample: number): number {
  const runs = Number(process.env['VALETKEY_PROPERTY_RUNS'] ?? sample);
  if (Number.isInteger(runs) && runs > 0) return runs;
  throw new Error(`expected VALETKEY_PROPERTY_RUNS to be a positive whole number, got ${runs}`);
}
