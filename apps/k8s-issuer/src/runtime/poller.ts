import type { MirrorHandlers } from './mirror.ts';
import type { ApiObject } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import type { Reflector } from './reflector.ts';
import { wait, type Timers } from './timer.ts';

/** After a failure it is read again this soon, if that is sooner than its turn. */
const retryMs = 2_000;

interface PollerOptions<T extends ApiObject> {
  readonly name: string;
  /** Reads the object; `undefined` when there is none. Rejects on any failure. */
  readonly read: (signal: AbortSignal) => Promise<T | undefined>;
  /** The object's key in `store`. */
  readonly key: string;
  readonly everyMs: number;
  readonly store: ObjectStore<T>;
  readonly handlers: MirrorHandlers<T>;
  readonly timers: Timers;
  /** Told of every failure, a throwing handler's too; the poller goes on. It must not throw. */
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps one object of a store equal to the server's by reading it again and again, where it may not be watched. An
 * object that cannot be read stays as it was last known.
 * @internal
 */
export function createPoller<T extends ApiObject>(options: PollerOptions<T>): Reflector {
  const { name, read, everyMs, timers, onError } = options;
  const synced = Promise.withResolvers<void>();
  let hasSynced = false;
  let isCurrent = false;

  const look = async (signal: AbortSignal): Promise<void> => {
    const object = await read(signal);
    isCurrent = true;
    try {
      takeIn(options, object);
    } finally {
      hasSynced = true;
      synced.resolve();
    }
  };

  return {
    name,
    async run(signal) {
      while (!signal.aborted) {
        let waitMs = everyMs;
        try {
          await look(signal);
        } catch (error) {
          if (signal.aborted) break;
          isCurrent = false;
          waitMs = Math.min(retryMs, everyMs);
          onError(error);
        }
        await wait(timers, waitMs, signal);
      }
      isCurrent = false;
    },
    hasSynced: () => hasSynced,
    isCurrent: () => isCurrent,
    whenSynced: () => synced.promise,
  };
}

function takeIn<T extends ApiObject>(
  { key, store, handlers }: PollerOptions<T>,
  object: T | undefined,
): void {
  if (object === undefined) {
    const last = store.delete(key);
    if (last !== undefined) handlers.deleted(last);
    return;
  }
  const before = store.set(object);
  if (before === undefined) handlers.added(object);
  else if (before.metadata.resourceVersion !== object.metadata.resourceVersion)
    handlers.updated(before, object);
}
