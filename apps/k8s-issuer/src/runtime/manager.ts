import type { Controller } from './controller.ts';
import type { Reflector } from './reflector.ts';

/**
 * Runs caches and controllers together, in order.
 * @internal
 */
export interface Manager {
  /**
   * Fills the caches, passes the gate, works until `signal` aborts, lets the running visits end, and stops the
   * caches last: a visit never sees a cache that is no longer kept. Rejects when a controller or the gate does.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Whether every cache was filled once. */
  hasSynced(): boolean;
}

/**
 * Creates a manager; it starts with `run`, once.
 * @internal
 */
export function createManager(options: {
  readonly reflectors: readonly Reflector[];
  readonly controllers: readonly Controller[];
  /** Waited for between full caches and the first visit: leadership, checks of the cluster. @default none */
  readonly gate?: (signal: AbortSignal) => Promise<void>;
}): Manager {
  const { reflectors, controllers, gate } = options;

  const work = async (signal: AbortSignal): Promise<void> => {
    await unlessAborted(Promise.all(reflectors.map((reflector) => reflector.whenSynced())), signal);
    if (!signal.aborted && gate !== undefined) await unlessAborted(gate(signal), signal);
    if (signal.aborted) return;
    const shutDown = (): void => controllers.forEach((controller) => controller.shutDown());
    signal.addEventListener('abort', shutDown);
    try {
      await Promise.all(controllers.map((controller) => controller.run()));
    } finally {
      signal.removeEventListener('abort', shutDown);
      shutDown();
    }
  };

  return {
    hasSynced: () => reflectors.every((reflector) => reflector.hasSynced()),
    async run(signal) {
      const caches = new AbortController();
      const following = Promise.all(reflectors.map((reflector) => reflector.run(caches.signal)));
      try {
        await work(signal);
      } finally {
        caches.abort();
        await following;
      }
    },
  };
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
