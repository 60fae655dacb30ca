import type { Clock } from '@valetkey/core';

import { campaign } from './leader-campaign.ts';
import { renewUntilLost } from './leader-renewal.ts';
import type { Lease, LeaseLock } from './lease-lock.ts';
import { createLeaderTerm } from './leader-term.ts';
import type { Timers } from './timer.ts';

/** The three times of an election; each is larger than the next. */
interface ElectionTimes {
  /** How long the others wait after the last sign of life. */
  readonly leaseDurationMs: number;
  /** How long the leader believes in itself after its last renewal was sent. */
  readonly renewDeadlineMs: number;
  /** How often it renews, and a follower tries again after a failure. */
  readonly retryPeriodMs: number;
}

/** What an election needs. */
export interface ElectionOptions {
  readonly lock: LeaseLock;
  /** Unique to this process: two replicas on one host must not take each other's Lease for their own. */
  readonly identity: string;
  readonly times: ElectionTimes;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Told of every failed call; the election goes on. It must not throw. */
  readonly onError: (error: unknown) => void;
}

/**
 * `released`: after a resignation, also of a candidate that never led; the Lease is free, if the server could be
 * told. `lost`: the Lease could not be renewed in time. `taken`: it is somebody else's while this process still
 * believed in itself.
 */
type TermEnd = 'released' | 'lost' | 'taken';

/** What a leader does. */
interface Leadership {
  /** Asks for a resignation. */
  readonly signal: AbortSignal;
  /** Called once elected. Its signal aborts at resignation, which waits for it, and at loss, which does not. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
}

/**
 * One candidate for one Lease.
 * @internal
 */
export interface Elector {
  /**
   * Whether this process leads now. Asked right before a write, it is the fence: it is `false` from the renew
   * deadline on, by the monotonic clock, although nothing could be told to a process that stood still.
   */
  isLeader(): boolean;
  /**
   * Waits for the Lease, leads for one term, and says how that ended. `lead` may still have work under way then,
   * unless the term was released. Rejects as `lead` does. Another term may follow, never at the same time.
   */
  run(leadership: Leadership): Promise<TermEnd>;
}

/**
 * Creates an elector; it does nothing before `run`.
 * @internal
 */
export function createElector(options: ElectionOptions): Elector {
  const newTerm = () => createLeaderTerm(options.timers, options.times.renewDeadlineMs);
  let term = newTerm();

  return {
    isLeader: () => term.isRunning(),
    async run({ signal, lead }) {
      term = newTerm();
      const lease = await campaign(options, term, signal);
      if (lease === undefined) return 'released';
      const leading = new AbortController();
      const resign = (): void => leading.abort();
      signal.addEventListener('abort', resign);
      if (signal.aborted) resign();
      const renewal = renewUntilLost(options, term, lease);
      try {
        const work = lead(leading.signal);
        const end = await Promise.race([renewal.lost, work.then(() => 'done' as const)]);
        if (end !== 'done') return end;
        term.end();
        await release(options, await renewal.stop());
        return 'released';
      } finally {
        signal.removeEventListener('abort', resign);
        term.end();
        leading.abort();
        await renewal.stop();
      }
    },
  };
}

/** Lets the others know that they need not wait. */
async function release(options: ElectionOptions, { record, resourceVersion }: Lease): Promise<void> {
  const { lock, times, onError } = options;
  const free = { ...record, holderIdentity: '', leaseDurationSeconds: 1 };
  const call = { signal: new AbortController().signal, timeoutMs: times.retryPeriodMs };
  try {
    await lock.update(free, resourceVersion, call);
  } catch (error) {
    onError(error);
  }
}
