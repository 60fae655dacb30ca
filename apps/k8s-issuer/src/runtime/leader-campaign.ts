import type { ElectionOptions } from './leader-election.ts';
import type { LeaderTerm } from './leader-term.ts';
import type { Lease, LeaseRecord } from './lease-lock.ts';
import { createLeaseObservation, type LeaseObservation } from './lease-observation.ts';
import { toMicroTime } from './micro-time.ts';
import { wait, type Timers } from './timer.ts';

/**
 * Follows the Lease until it is free or has expired, and takes it. A watch tells of each renewal, so the wait
 * ends with the Lease; should the watch be broken, the Lease is read when it seems to have expired.
 * @returns the Lease that is now ours; nothing when `signal` aborted first
 * @internal
 */
export async function campaign(
  options: ElectionOptions,
  term: LeaderTerm,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { lock, timers, times, random, onError } = options;
  const observation = createLeaseObservation({ timers, leaseDurationMs: times.leaseDurationMs });
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let wake = (): void => undefined;
  const following = lock.follow((lease) => {
    observation.observe(lease, 'watch');
    wake();
  }, over.signal);
  try {
    while (!over.signal.aborted) {
      try {
        const taken = await attempt(options, observation, term, over.signal);
        if (taken !== undefined) return taken;
      } catch (error) {
        if (over.signal.aborted) break;
        onError(error);
      }
      // Never without a pause: a server that refuses at once must not be asked in a tight loop.
      await wait(timers, (times.retryPeriodMs / 10) * (1 + random()), over.signal);
      await waitForChance(observation, timers, over.signal, (run) => (wake = run));
    }
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    await following;
  }
}

/** Reads the Lease and takes it if nobody holds it. */
async function attempt(
  options: ElectionOptions,
  observation: LeaseObservation,
  term: LeaderTerm,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { lock, identity, timers, times } = options;
  const call = { signal, timeoutMs: times.renewDeadlineMs / 2 };
  const found = await lock.read(call);
  if (found !== undefined) observation.observe(found, 'read');
  // A Lease that was deleted is free once the holder that was last seen would have lost it.
  const holder = observation.lease()?.record.holderIdentity;
  if (holder !== identity && observation.remainingMs() > 0) return undefined;
  const sentMs = timers.elapsedMs();
  const record = toRecord(options, found?.record);
  const taken =
    found === undefined
      ? await lock.create(record, call)
      : await lock.update(record, found.resourceVersion, call);
  if (taken === 'conflict' || !term.renewed(sentMs)) return undefined;
  return taken;
}

function toRecord({ identity, times, clock }: ElectionOptions, before: LeaseRecord | undefined): LeaseRecord {
  const now = toMicroTime(clock.now());
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(times.leaseDurationMs / 1_000),
    acquireTime: now,
    renewTime: now,
    leaseTransitions:
      before === undefined ? 0 : toCount(before.leaseTransitions, before.holderIdentity !== identity),
  };
}

/** The field has 32 bits, and anybody who may edit the Lease may have filled them. */
function toCount(transitions: number, isOneMore: boolean): number {
  const count =
    Number.isInteger(transitions) && transitions >= 0 && transitions < 2 ** 31 - 2 ? transitions : 0;
  return isOneMore ? count + 1 : count;
}

/** Resolves once the Lease is free or expired, however often it is renewed before; and with `signal`. */
async function waitForChance(
  observation: LeaseObservation,
  timers: Timers,
  signal: AbortSignal,
  onWake: (run: () => void) => void,
): Promise<void> {
  while (!signal.aborted) {
    const ms = observation.remainingMs();
    if (ms === 0) return;
    const changed = new AbortController();
    const end = (): void => changed.abort();
    onWake(end);
    signal.addEventListener('abort', end, { once: true });
    await wait(timers, ms, changed.signal);
    signal.removeEventListener('abort', end);
  }
}
