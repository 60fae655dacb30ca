import type { Lease, LeaseLock, LeaseRecord } from '../../src/runtime/lease-lock.ts';
import type { Timers } from '../../src/runtime/timer.ts';

/** What happens to the next call of a process. */
export type LeaseFault = 'lost-answer' | 'refused' | 'hangs';

/** A Lease on a server in memory, with faults, for tests. @internal */
export interface MemoryLease {
  /** The Lease as one process sees it, over a connection with `latencyMs()` each way. */
  lockFor(process: { readonly timers: Timers; readonly nextFault: () => LeaseFault | undefined }): LeaseLock;
  current(): Lease | undefined;
  /** Writes as somebody else with the right to would. */
  edit(change: Partial<LeaseRecord>): void;
  remove(): void;
}

/**
 * Creates a server without a Lease.
 * @internal
 */
export function createMemoryLease(latencyMs: () => number): MemoryLease {
  const followers = new Set<(lease: Lease) => void>();
  let lease: Lease | undefined;
  let version = 0;

  const store = (record: LeaseRecord): Lease => {
    version += 1;
    lease = { record, resourceVersion: String(version) };
    for (const tell of followers) tell(lease);
    return lease;
  };

  return {
    current: () => lease,
    edit(change) {
      if (lease !== undefined) store({ ...lease.record, ...change });
    },
    remove() {
      lease = undefined;
    },
    lockFor({ timers, nextFault }) {
      const sleep = (ms: number): Promise<void> =>
        new Promise((resolve) => void timers.setTimeout(resolve, ms));
      const call = async <T>(
        run: () => T,
        { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
      ) => {
        const fault = nextFault();
        const answer = (async () => {
          await sleep(latencyMs());
          if (fault === 'refused') throw new Error('refused');
          const result = fault === 'hangs' ? undefined : run();
          if (fault !== undefined) return new Promise<never>(() => undefined);
          await sleep(latencyMs());
          return result as T;
        })();
        const deadline = sleep(timeoutMs).then(() => Promise.reject(new Error('deadline')));
        const aborted = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
        return Promise.race([answer, deadline, aborted]);
      };
      return {
        read: (options) => call(() => lease, options),
        create: (record, options) => call(() => (lease === undefined ? store(record) : 'conflict'), options),
        update: (record, resourceVersion, options) =>
          call(() => (lease?.resourceVersion === resourceVersion ? store(record) : 'conflict'), options),
        follow: (onChange, signal) =>
          new Promise((resolve) => {
            const tell = (next: Lease): void => void timers.setTimeout(() => onChange(next), latencyMs());
            followers.add(tell);
            const stop = (): void => {
              followers.delete(tell);
              resolve();
            };
            signal.addEventListener('abort', stop);
          }),
      };
    },
  };
}
