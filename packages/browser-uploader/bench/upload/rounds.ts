/** Rounds of several ways in turn, so that what slows the machine slows all of them. */
import type { Stage } from './stage.ts';

/** Milliseconds of each way's rounds. */
export type Times = ReadonlyMap<string, readonly number[]>;

/** Measures each way once a round, after one round that only warms up. */
export async function inRounds(stage: Stage, ways: readonly string[], rounds: number): Promise<Times> {
  const times = new Map(ways.map((way) => [way, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const way of ways) {
      const ms = await stage.measure(way);
      process.stderr.write(`round ${round}: ${way}: ${Math.round(ms)} ms\n`);
      if (round > 0) times.get(way)?.push(ms);
      await stage.clear();
    }
  }
  return times;
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Median, least and most of each way. */
export function toTable(times: Times, mebibytes: number): Record<string, object> {
  return Object.fromEntries(
    [...times].map(([way, all]) => [
      way,
      {
        'median ms': Math.round(median(all)),
        'least ms': Math.round(Math.min(...all)),
        'most ms': Math.round(Math.max(...all)),
        'MiB/s': Math.round((mebibytes * 1000) / median(all)),
      },
    ]),
  );
}
