import type { ElectionOptions } from './leader-election.ts';
import type { LeaderTerm } from './leader-term.ts';
import type { Lease } from './lease-lock.ts';
import { toMicroTime } from './micro-time.ts';
import { wait } from './timer.ts';

/**
 * A Lease that is being kept.
 * @internal
 */
export interface Renewal {
  /** Resolves when the Lease could not be renewed until the deadline, or is somebody else's; else never. */
  readonly lost: Promise<'lost' | 'taken'>;
  /** Stops renewing. @returns the Lease as it was last known. */
  stop(): Promise<Lease>;
}

/**
 * Renews `lease` every retry period.
 * @internal
 */
export function renewUntilLost(options: ElectionOptions, term: LeaderTerm, lease: Lease): Renewal {
  const { timers, times } = options;
  const over = new AbortController();
  const lost = Promise.withResolvers<'lost' | 'taken'>();
  let current = lease;

  const keep = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await wait(timers, Math.min(times.retryPeriodMs, term.remainingMs()), over.signal);
      if (over.signal.aborted) return;
      const renewed = term.isRunning() ? await tryRenew(options, term, current, over.signal) : undefined;
      if (over.signal.aborted) return;
      if (renewed === 'taken' || !term.isRunning()) {
        term.end();
        return lost.resolve(renewed === 'taken' ? 'taken' : 'lost');
      }
      current = renewed ?? current;
    }
  };
  const keeping = keep();

  return {
    lost: lost.promise,
    async stop() {
      over.abort();
      await keeping;
      return current;
    },
  };
}

/** @returns the Lease as it is now, nothing when that cannot be told, `taken` when somebody else has it. */
async function tryRenew(
  options: ElectionOptions,
  term: LeaderTerm,
  lease: Lease,
  signal: AbortSignal,
): Promise<Lease | 'taken' | undefined> {
  try {
    const first = await renew(options, term, lease, signal);
    return first === 'conflict' ? await renewAgain(options, term, lease, signal) : first;
  } catch (error) {
    if (!signal.aborted) options.onError(error);
    return undefined;
  }
}

/** A conflict may be our own renewal whose answer was lost, somebody's edit, or a successor. */
async function renewAgain(
  options: ElectionOptions,
  term: LeaderTerm,
  known: Lease,
  signal: AbortSignal,
): Promise<Lease | 'taken' | undefined> {
  const { lock, identity, times } = options;
  const call = toCall(term, times.retryPeriodMs, signal);
  const found = await lock.read(call);
  const holder = found?.record.holderIdentity ?? '';
  if (holder !== identity && holder !== '') return 'taken';
  const sentMs = options.timers.elapsedMs();
  const renewed =
    found === undefined
      ? await lock.create(toRenewed(options, known), call)
      : await renew(options, term, { ...known, resourceVersion: found.resourceVersion }, signal);
  if (renewed === 'conflict') return undefined;
  if (found === undefined) term.renewed(sentMs);
  return renewed;
}

async function renew(
  options: ElectionOptions,
  term: LeaderTerm,
  lease: Lease,
  signal: AbortSignal,
): Promise<Lease | 'conflict'> {
  const sentMs = options.timers.elapsedMs();
  const call = toCall(term, options.times.retryPeriodMs, signal);
  const renewed = await options.lock.update(toRenewed(options, lease), lease.resourceVersion, call);
  if (renewed !== 'conflict') term.renewed(sentMs);
  return renewed;
}

function toRenewed({ clock, identity, times }: ElectionOptions, { record }: Lease): Lease['record'] {
  return {
    ...record,
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(times.leaseDurationMs / 1_000),
    renewTime: toMicroTime(clock.now()),
  };
}

/** A call that hangs must leave time for another one on a new connection. */
function toCall(term: LeaderTerm, retryPeriodMs: number, signal: AbortSignal) {
  return { signal, timeoutMs: Math.max(Math.min(retryPeriodMs * 1.5, term.remainingMs()), 1) };
}
