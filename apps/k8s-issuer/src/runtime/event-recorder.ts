import type { Clock } from '@valetkey/core';

import { toEventNote } from './event-note.ts';
import { createTokenBucket } from './token-bucket.ts';
import { wait, type Timers } from './timer.ts';

/** The same thing within this time is counted, not written anew. */
const windowMs = 600_000;
/** A count is written this long after it has changed, so that a storm costs one write. */
const countDelayMs = 10_000;
/** Over all objects; a burst for the minute after a failover. */
const writesAllowed = { perSecond: 5, burst: 50 };
/** What waits to be written; above it, new ones are dropped. */
const longestBacklog = 500;

/** The object that something has happened to. */
interface EventObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * What has happened. The note is for people and must hold no secret; the recorder cuts it to 1,024 bytes.
 * @internal
 */
export interface RecordedEvent {
  readonly regarding: EventObject;
  readonly type: 'Normal' | 'Warning';
  /** Machine-readable, in PascalCase. */
  readonly reason: string;
  /** What was being done, in PascalCase. */
  readonly action: string;
  readonly note: string;
}

/**
 * An event as it is written: `events.k8s.io/v1` without what never changes.
 * @internal
 */
export interface EventToWrite extends RecordedEvent {
  /** Unique in its namespace; the same for every count of one event. */
  readonly name: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** How often it has happened in its window. */
  readonly count: number;
}

/**
 * Records what happens to objects, in the background: nobody waits for it, and nothing fails because of it.
 * @internal
 */
export interface EventRecorder {
  record(event: RecordedEvent): void;
  /** Writes until `signal` aborts; what waits then is dropped. It never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** One event and its counts. */
interface Series {
  readonly key: string;
  event: EventToWrite;
  readonly endsMs: number;
  /** Whether the server has it. */
  isStored: boolean;
  /** Whether a write of it is on its way, so that it takes later counts along. */
  isPending: boolean;
}

interface RecorderOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** A name for the n-th event about an object; unique over processes. */
  readonly toName: (event: RecordedEvent, n: number) => string;
  /** Creates or replaces the event; rejects on any failure, after which this one write is given up. */
  readonly write: (event: EventToWrite, isNew: boolean, signal: AbortSignal) => Promise<void>;
  /** Told how each write ended. It must not throw. */
  readonly onWrite: (result: 'written' | 'failed' | 'dropped', error?: unknown) => void;
}

/**
 * Creates a recorder that aggregates by object, type, reason, action and note.
 * @internal
 */
export function createEventRecorder(options: RecorderOptions): EventRecorder {
  const { clock, timers, toName, onWrite } = options;
  const bucket = createTokenBucket({ timers, ...writesAllowed });
  // A Map keeps insertion order, so the series that end first come first.
  const known = new Map<string, Series>();
  const backlog: Series[] = [];
  let made = 0;
  let wake = (): void => undefined;

  const enqueue = (series: Series): void => {
    if (backlog.length >= longestBacklog) {
      series.isPending = false;
      // What nobody has seen need not be remembered: with many objects it would be a lot.
      if (!series.isStored) known.delete(series.key);
      return onWrite('dropped');
    }
    backlog.push(series);
    wake();
  };
  const forgetEnded = (): void => {
    for (const [key, { endsMs }] of known) {
      if (endsMs > timers.elapsedMs()) return;
      known.delete(key);
    }
  };
  const begin = (event: RecordedEvent, key: string): void => {
    const nowMs = clock.now();
    made += 1;
    const note = toEventNote(event.note);
    const first = { ...event, note, name: toName(event, made), firstMs: nowMs, lastMs: nowMs, count: 1 };
    const endsMs = timers.elapsedMs() + windowMs;
    const series: Series = { key, event: first, endsMs, isStored: false, isPending: true };
    known.set(key, series);
    enqueue(series);
  };
  const countUp = (series: Series): void => {
    series.event = { ...series.event, count: series.event.count + 1, lastMs: clock.now() };
    if (series.isPending) return;
    series.isPending = true;
    timers.setTimeout(() => enqueue(series), countDelayMs);
  };

  return {
    record(event) {
      forgetEnded();
      const key = toKey(event);
      const series = known.get(key);
      if (series === undefined) begin(event, key);
      else countUp(series);
    },
    async run(signal) {
      while (!signal.aborted) {
        const series = backlog.shift();
        if (series === undefined) {
          await pause(timers, signal, (run) => (wake = run));
          wake = () => undefined;
        } else {
          await wait(timers, bucket.reserve(), signal);
          if (!signal.aborted) await writeOne(options, series, signal);
        }
      }
    },
  };
}

async function writeOne(
  { write, onWrite }: RecorderOptions,
  series: Series,
  signal: AbortSignal,
): Promise<void> {
  series.isPending = false;
  try {
    await write(series.event, !series.isStored, signal);
    series.isStored = true;
    onWrite('written');
  } catch (error) {
    if (!signal.aborted) onWrite('failed', error);
  }
}

/** Until there is something to write. */
function pause(timers: Timers, signal: AbortSignal, onWake: (run: () => void) => void): Promise<void> {
  const woken = new AbortController();
  const end = (): void => woken.abort();
  onWake(end);
  signal.addEventListener('abort', end, { once: true });
  return wait(timers, windowMs, woken.signal).finally(() => signal.removeEventListener('abort', end));
}

function toKey({ regarding, type, reason, action, note }: RecordedEvent): string {
  return JSON.stringify([regarding.uid, type, reason, action, note]);
}
