/** What a run has measured, beside the bars and what others were measured with. */
import { peers } from './peers.ts';

/** What is printed of a run. */
export interface Result {
  readonly shares: number;
  readonly coldSeconds: number;
  readonly coldSecondsFromLeading: number;
  readonly writesPerSecond: number;
  readonly ceilingSecretPuts: number;
  readonly ceilingIssuersMixture: number;
  readonly ratioToMixture: number;
  readonly ratioToSecretPuts: number;
  readonly writesPerShare: number;
  readonly eventsPerShare: number;
  readonly issuerCpuSeconds: number;
  readonly issuerCpuMillisecondsPerShare: number;
  readonly memoryMiB: { readonly cold: { readonly peakRss: number } };
  readonly peakRssMiB: number;
  readonly writesAfterRestart: number;
  /** From the new leader's beginning until it has asked about every Secret. */
  readonly askedAfterRestartSeconds: number;
  readonly idleSeconds: number;
  readonly idleCorePercent: number;
  readonly newShareMs: { readonly p50: number; readonly p95: number };
  /** Until the last Secret is empty. */
  readonly policyScrubSeconds: number;
  /** Until the last status says so. */
  readonly policyScrubToldSeconds: number;
  readonly ceilingEmptying: number;
  /** Secrets emptied a second, to what the bare loop empties. */
  readonly policyScrubRatio: number;
  readonly policyScrubCpuMillisecondsPerShare: number;
  readonly besideBadSharesMs: { readonly of: number; readonly p50: number; readonly p99: number };
  readonly race: {
    readonly ready: number;
    readonly conflicts: number;
    readonly of: number;
    readonly seconds: number;
  };
}

/** Prints it. */
export function printResult(result: Result): void {
  const row = (what: string, figure: number, bar: string) => ({
    what,
    figure: Math.round(figure * 100) / 100,
    bar,
  });
  console.table([
    row(
      `${result.shares} Shares cold, from the process's start, seconds`,
      result.coldSeconds,
      result.shares >= 10_000 ? '60' : '6',
    ),
    row('from its being leader, seconds', result.coldSecondsFromLeading, ''),
    row('writes a second', result.writesPerSecond, ''),
    row('bare loop, the same writes, a second', result.ceilingIssuersMixture, ''),
    row('ratio to it', result.ratioToMixture, '>= 0.6'),
    row('bare loop, PUTs of Secrets, a second', result.ceilingSecretPuts, ''),
    row('ratio to it', result.ratioToSecretPuts, ''),
    row('writes per Share', result.writesPerShare, '2'),
    row('and events', result.eventsPerShare, ''),
    row('processor milliseconds per Share', result.issuerCpuMillisecondsPerShare, ''),
    row('peak RSS when all are Ready, MiB', result.memoryMiB.cold.peakRss, '256'),
    row('peak RSS at the end of all this, MiB', result.peakRssMiB, '256'),
    row('writes after a restart with nothing due', result.writesAfterRestart, '0'),
    row('until it has asked about every Secret, seconds', result.askedAfterRestartSeconds, ''),
    row(`idle for ${result.idleSeconds} s, % of a core`, result.idleCorePercent, '1'),
    row('new Share to its Secret, p50 ms', result.newShareMs.p50, ''),
    row('new Share to its Secret, p95 ms', result.newShareMs.p95, '100'),
    row('policy tightened, all scrubbed, seconds', result.policyScrubSeconds, '10'),
    row('and all statuses say so, seconds', result.policyScrubToldSeconds, ''),
    row('bare loop, Secrets emptied a second', result.ceilingEmptying, ''),
    row('ratio to it', result.policyScrubRatio, ''),
    row('processor milliseconds per Secret', result.policyScrubCpuMillisecondsPerShare, ''),
    row(`${result.race.of} on one name: Ready`, result.race.ready, '1'),
    row(`${result.race.of} on one name: SecretConflict`, result.race.conflicts, String(result.race.of - 1)),
    row(`${result.race.of} on one name: all told, seconds`, result.race.seconds, ''),
    row(
      `Secret of one of ${result.besideBadSharesMs.of} beside ${result.shares} bad ones, p99 s`,
      result.besideBadSharesMs.p99 / 1000,
      '10',
    ),
  ]);
  process.stdout.write('Measured elsewhere, not in this run:\n');
  console.table(
    peers.map(({ who, coldSeconds, peakRssMiB, writesPerObject, newObjectSeconds }) => ({
      who,
      '1000 cold, s': coldSeconds[1000],
      '10000 cold, s': coldSeconds[10000],
      'RSS at 1000, MiB': peakRssMiB[1000],
      'RSS at 10000, MiB': peakRssMiB[10000],
      'writes per object': writesPerObject,
      'new object, s': newObjectSeconds,
    })),
  );
}
