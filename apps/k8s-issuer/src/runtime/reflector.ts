import type { ListWatch } from './list-watch.ts';
import { createMirror, type Mirror, type MirrorHandlers } from './mirror.ts';
import type { ApiObject } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { wait, type Timers } from './timer.ts';
import { createWatchBackOff, isRefusal, type WatchEnd } from './watch-back-off.ts';
import { watchOnce } from './watch-once.ts';

/** A watch that ended without a failure puts nothing in doubt if the next one opens this soon. */
const reopenMs = 2_000;

interface ReflectorOptions<T extends ApiObject> {
  readonly name: string;
  readonly listWatch: ListWatch<T>;
  readonly store: ObjectStore<T>;
  readonly handlers: MirrorHandlers<T>;
  readonly timers: Timers;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Told of every failure, a throwing handler's too; the reflector goes on. It must not throw. */
  readonly onError: (error: unknown) => void;
  /** Told each time that a watch is over. It must not throw. @default nobody */
  readonly onWatchEnd?: (why: WatchEnd) => void;
  /** Longest silence before a watch is begun again from where it stood. @default 40000 */
  readonly silenceMs?: number;
}

/**
 * Keeps a store equal to what the server has: lists once, then watches, and starts again after every failure.
 * @internal
 */
export interface Reflector {
  readonly name: string;
  /** Runs until `signal` aborts; it never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether a complete list was taken in once. */
  hasSynced(): boolean;
  /**
   * Whether the store follows the server now: synced, and nothing has failed since it last heard from it, a watch that
   * had to be begun anew included.
   */
  isCurrent(): boolean;
  /** Resolves at the first complete list. */
  whenSynced(): Promise<void>;
}

interface Round<T extends ApiObject> {
  readonly options: ReflectorOptions<T>;
  readonly mirror: Mirror<T>;
  readonly signal: AbortSignal;
  readonly heard: () => void;
}

/**
 * Creates a reflector; it starts with `run`.
 * @internal
 */
export function createReflector<T extends ApiObject>(options: ReflectorOptions<T>): Reflector {
  const { timers, random, onError } = options;
  const mirror = createMirror(options);
  const backOff = createWatchBackOff({ random });
  const synced = Promise.withResolvers<void>();
  let hasSynced = false;
  let isCurrent = false;
  let mustList = true;
  let wasAway = false;
  let disarm = (): void => undefined;

  const hear = (): void => {
    disarm();
    isCurrent = true;
  };
  const doubt = (): void => void (isCurrent = false);
  const runOnce = async (round: Round<T>): Promise<WatchEnd> => {
    if (mustList) {
      await listAll(round);
      mustList = false;
      hasSynced = true;
      synced.resolve();
      hear();
    }
    return watchFrom(round);
  };
  /** @returns how long to wait before the next one */
  const settle = (why: WatchEnd, lastedMs: number, error?: unknown): number => {
    disarm();
    // Silence is how a quiet kind sounds, and an end is what was asked for.
    if (why === 'error' || why === 'gone') doubt();
    else disarm = timers.setTimeout(doubt, reopenMs);
    // A server that refuses a watch right after an outage has just started: it will not know the version, and until
    // it can tell so, a list tells what was missed.
    if (why === 'gone' || (wasAway && isRefusal(error))) mustList = true;
    wasAway = why === 'error' && !isRefusal(error);
    options.onWatchEnd?.(why);
    return backOff.after({ why, lastedMs, error });
  };

  return {
    name: options.name,
    async run(signal) {
      const round = { options, mirror, signal, heard: hear };
      while (!signal.aborted) {
        const startMs = timers.elapsedMs();
        let waitMs: number;
        try {
          waitMs = settle(await runOnce(round), timers.elapsedMs() - startMs);
        } catch (error) {
          if (signal.aborted) break;
          onError(error);
          waitMs = settle('error', timers.elapsedMs() - startMs, error);
        }
        await wait(timers, waitMs, signal);
      }
      disarm();
      doubt();
    },
    hasSynced: () => hasSynced,
    isCurrent: () => isCurrent,
    whenSynced: () => synced.promise,
  };
}

/** Reads every page before the first is used: half a list would look like deletions. */
async function listAll<T extends ApiObject>({ options, mirror, signal }: Round<T>): Promise<void> {
  const items: T[] = [];
  let page = await options.listWatch.list({ signal });
  items.push(...page.items);
  while (page.continueToken !== undefined && page.continueToken !== '') {
    page = await options.listWatch.list({ continueToken: page.continueToken, signal });
    items.push(...page.items);
  }
  mirror.replace(items, page.resourceVersion);
}

function watchFrom<T extends ApiObject>({ options, mirror, signal, heard }: Round<T>): Promise<WatchEnd> {
  const { listWatch, timers, random, silenceMs = 40_000 } = options;
  return watchOnce<T>({
    listWatch,
    timers,
    resourceVersion: mirror.resourceVersion() ?? '',
    // Five to ten minutes: watches that began together must not end together.
    timeoutSeconds: 300 + Math.floor(random() * 300),
    silenceMs,
    signal,
    onOpen: heard,
    onEvent(event) {
      heard();
      mirror.apply(event);
    },
  });
}
