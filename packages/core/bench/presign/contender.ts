/** Who takes part in a benchmark. */
export interface Contender {
  readonly name: string;
  /** Calls per round: as many as take some ten milliseconds. */
  readonly calls: number;
  /** One call; the URL, or whatever it gives. */
  readonly run: () => string | Promise<string>;
}

/** What a contender takes of the processor, in microseconds per call. */
export interface Measurement {
  readonly name: string;
  readonly microseconds: number;
}

/**
 * Medians of rounds, in the processor's time, which other programs on the machine do not change: all threads and the
 * collection of garbage count. Everyone has a turn in every round; the first rounds warm up and do not count.
 */
export async function measureInTurn(
  contenders: readonly Contender[],
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
): Promise<readonly Measurement[]> {
  const times = contenders.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [index, { calls, run }] of contenders.entries()) {
      const microseconds = await timeCalls(calls, run);
      if (round >= 0) times[index]?.push(microseconds);
    }
  }
  return contenders.map(({ name }, index) => ({ name, microseconds: median(times[index] ?? []) }));
}

/** Awaits only what is a promise: a contender that answers at once is not made to wait. */
async function timeCalls(calls: number, run: Contender['run']): Promise<number> {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    const answer = run();
    if (typeof answer !== 'string') await answer;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

/** The middle one. */
export function median(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? Number.NaN;
}
