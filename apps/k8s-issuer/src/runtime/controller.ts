import type { RateLimitingQueue } from './rate-limiting-queue.ts';
import type { Timers } from './timer.ts';

/** What a visit may ask for: another one. */
interface Result {
  /** After this many milliseconds. */
  readonly requeueAfterMs?: number;
  /** As soon as no other key waits. */
  readonly requeueLate?: boolean;
}

/** How one visit went, for metrics. */
export interface Visit {
  readonly key: string;
  readonly outcome: 'success' | 'requeue' | 'requeue_after' | 'error';
  readonly durationMs: number;
}

/**
 * Visits that may begin in one turn of the event loop. Visits that wait for nothing would otherwise follow each other
 * for as long as there are keys, and timers, watches and the Lease would wait for all of them.
 */
const visitsPerTurn = 16;

interface ControllerOptions {
  readonly name: string;
  readonly queue: RateLimitingQueue;
  readonly timers: Timers;
  /** How many keys are worked on at once. */
  readonly workers: number;
  /**
   * Brings what `key` names to the wanted state, from its state now. Throwing asks for another visit after the
   * key's back-off.
   */
  readonly reconcile: (key: string) => Promise<Result | void>;
  /**
   * Milliseconds until the next visit for a failure that says nothing about the key, such as a server that is away:
   * then the key's own back-off does not grow. `never` gives the key up. @default its back-off, always
   */
  readonly retryAfterMs?: (error: unknown) => number | 'never' | undefined;
  /** The longest back-off that the key can bear now, in milliseconds. @default the queue's */
  readonly longestBackOffMs?: (key: string) => number;
  /** Told what `reconcile` threw. It must not throw. */
  readonly onError: (key: string, error: unknown) => void;
  /** Told of each visit. It must not throw. @default nobody */
  readonly onVisit?: (visit: Visit) => void;
}

/**
 * Workers over one queue: no key has two at once, and a failing key holds nobody else up.
 * @internal
 */
export interface Controller {
  readonly name: string;
  /** Works until {@link Controller.shutDown} and every visit then running has ended. */
  run(): Promise<void>;
  /** Takes no more keys. */
  shutDown(): void;
}

/**
 * Creates a controller; it starts with `run`.
 * @internal
 */
export function createController(options: ControllerOptions): Controller {
  const { name, queue, workers } = options;
  const turn = createTurn();

  const work = async (): Promise<void> => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      try {
        await turn();
        await visit(options, key);
      } finally {
        queue.done(key);
      }
    }
  };

  return {
    name,
    async run() {
      await Promise.all(Array.from({ length: workers }, work));
    },
    shutDown: () => queue.shutDown(),
  };
}

/** Creates a function that lets `visitsPerTurn` calls pass in a turn of the event loop, and others in later ones. */
function createTurn(): () => Promise<void> {
  let begun = 0;
  let next: Promise<void> | undefined;
  const turn = async (): Promise<void> => {
    if (begun >= visitsPerTurn) {
      await next;
      return turn();
    }
    begun += 1;
    next ??= new Promise((resolve) => {
      setImmediate(() => {
        begun = 0;
        next = undefined;
        resolve();
      });
    });
  };
  return turn;
}

async function visit(options: ControllerOptions, key: string): Promise<void> {
  const { queue, timers, reconcile, onError, onVisit } = options;
  const startMs = timers.elapsedMs();
  const end = (outcome: Visit['outcome']): void =>
    onVisit?.({ key, outcome, durationMs: timers.elapsedMs() - startMs });
  try {
    const result = await reconcile(key);
    queue.forget(key);
    if (result?.requeueLate === true) {
      queue.addLate(key);
      return end('requeue');
    }
    if (result?.requeueAfterMs === undefined) return end('success');
    queue.addAfter(key, result.requeueAfterMs);
    end('requeue_after');
  } catch (error) {
    const ms = options.retryAfterMs?.(error);
    if (ms === undefined) queue.addRateLimited(key, options.longestBackOffMs?.(key));
    else if (ms !== 'never') queue.addAfter(key, ms);
    onError(key, error);
    end('error');
  }
}
