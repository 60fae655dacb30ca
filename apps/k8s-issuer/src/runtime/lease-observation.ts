import type { Lease } from './lease-lock.ts';
import type { Timers } from './timer.ts';

/** Longest time that a record is believed, whatever duration somebody has written into it. */
const longestBeliefMs = 300_000;

/**
 * What a process knows of a Lease that others write: its record, and since when it has stood in this version by this
 * process's own monotonic clock.
 * @internal
 */
export interface LeaseObservation {
  /** Takes in what the server said. What a watch tells may be late: older than what is known, it is ignored. */
  observe(lease: Lease, from: 'read' | 'watch'): void;
  /** The last known state. */
  lease(): Lease | undefined;
  /** Milliseconds until the Lease may be taken from its holder: 0 when nobody holds it, or it has expired. */
  remainingMs(): number;
}

/**
 * Creates an observation that knows nothing, and so believes in no holder.
 * @internal
 */
export function createLeaseObservation(options: {
  readonly timers: Timers;
  /** Believed when a record says nothing usable. */
  readonly leaseDurationMs: number;
}): LeaseObservation {
  const { timers, leaseDurationMs } = options;
  let known: Lease | undefined;
  let sinceMs = 0;

  return {
    lease: () => known,
    observe(lease, from) {
      if (known !== undefined && from === 'watch' && isOlder(lease, known)) return;
      // Even one that says the same: between two of them may have been a renewal that nobody told of.
      if (known?.resourceVersion !== lease.resourceVersion) sinceMs = timers.elapsedMs();
      known = lease;
    },
    remainingMs() {
      if (known === undefined || known.record.holderIdentity === '') return 0;
      const saidMs = known.record.leaseDurationSeconds * 1_000;
      const durationMs = saidMs > 0 ? Math.min(saidMs, longestBeliefMs) : leaseDurationMs;
      return Math.max(sinceMs + durationMs - timers.elapsedMs(), 0);
    },
  };
}

function isOlder(a: Lease, b: Lease): boolean {
  return BigInt(a.resourceVersion) < BigInt(b.resourceVersion);
}
