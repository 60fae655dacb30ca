import type { Controller } from './controller.ts';
import type { Elector } from './leader-election.ts';
import type { Reflector } from './reflector.ts';
import { wait, type Timers } from './timer.ts';

/** Time for the visits that run when a stop is asked for; a successor waits for it. */
const graceMs = 2_000;

/**
 * Runs caches and controllers together, in order.
 * @internal
 */
export interface Manager {
  /**
   * Fills the caches, passes the gate, waits for leadership, works until `signal` aborts, lets the running visits
   * end, gives leadership up, and stops the caches last: a visit never sees a cache that is no longer kept.
   * Leadership that could not be renewed in time is stood for again, once its last visit has ended. `taken` says
   * that another process has it although this one still believed in itself: this process must exit.
   * Rejects when a controller or the gate does.
   */
  run(signal: AbortSignal): Promise<'stopped' | 'taken'>;
  /** Whether every cache was filled once. */
  hasSynced(): boolean;
}

/** What a manager runs. */
interface ManagerOptions {
  readonly reflectors: readonly Reflector[];
  /** Makes the controllers of one term: nothing of a lost term gets into the next. */
  readonly lead: () => readonly Controller[];
  readonly timers: Timers;
  /** Waited for between full caches and the election: checks of the cluster. @default none */
  readonly gate?: (signal: AbortSignal) => Promise<void>;
  /** Only its leader visits anything. */
  readonly elector: Elector;
}

/**
 * Creates a manager; it starts with `run`, once.
 * @internal
 */
export function createManager(options: ManagerOptions): Manager {
  const { reflectors, gate, elector } = options;

  const work = async (signal: AbortSignal): Promise<'stopped' | 'taken'> => {
    await unlessAborted(Promise.all(reflectors.map((reflector) => reflector.whenSynced())), signal);
    if (!signal.aborted && gate !== undefined) await unlessAborted(gate(signal), signal);
    while (!signal.aborted) {
      let visits: Promise<unknown> = Promise.resolve();
      const lead = (leading: AbortSignal): Promise<void> => {
        const term = workOneTerm(options, leading);
        visits = term.visits;
        return term.end;
      };
      const end = await elector.run({ signal, lead });
      if (end !== 'lost') return end === 'taken' ? 'taken' : 'stopped';
      await unlessAborted(visits, signal);
    }
    return 'stopped';
  };

  return {
    hasSynced: () => reflectors.every((reflector) => reflector.hasSynced()),
    async run(signal) {
      const caches = new AbortController();
      const following = Promise.all(reflectors.map((reflector) => reflector.run(caches.signal)));
      try {
        return await work(signal);
      } finally {
        caches.abort();
        await following;
      }
    },
  };
}

/** Works until `signal` aborts, and then for as long as running visits need, within reason. */
function workOneTerm(
  { lead, timers }: ManagerOptions,
  signal: AbortSignal,
): { readonly end: Promise<void>; readonly visits: Promise<unknown> } {
  const controllers = lead();
  const visits = Promise.all(controllers.map((controller) => controller.run()));
  const end = async (): Promise<void> => {
    await unlessAborted(visits, signal);
    for (const controller of controllers) controller.shutDown();
    const patience = new AbortController();
    await Promise.race([visits, wait(timers, graceMs, patience.signal)]);
    patience.abort();
  };
  return { end: end(), visits };
}

/** Settles with `promise`, or resolves as soon as `signal` aborts. */
function unlessAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(
      () => stop(),
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
}
